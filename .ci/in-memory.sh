#!/usr/bin/env bash
# Runs a command with TMPDIR in memory, where there is room for it, and empties
# it afterwards. Databases of tests live there: half of their time on a disk is
# waiting for it, and no test asks whether a disk works.
#
# The databases still sync as an operator's do. What is measured (make bench)
# or endured (make soak) stays on the disk.
#
# usage: .ci/in-memory.sh COMMAND [ARGUMENT…]
set -euo pipefail

if [ $# -eq 0 ]; then
  echo "usage: $0 COMMAND [ARGUMENT…]" >&2
  exit 2
fi

readonly memory=/dev/shm
readonly needed=$((6 << 20)) # KiB

# usable tells whether there is room, and whether programs start from there
# (containers often forbid it).
usable() {
  [ -w "$memory" ] || return 1
  [ "$(df --output=avail --block-size=1K "$memory" | tail -1)" -ge "$needed" ] || return 1
  place=$(mktemp -d "$memory/farwatch.XXXXXX") || return 1
  printf '#!/bin/sh\n' >"$place/starts" && chmod 700 "$place/starts" && "$place/starts" 2>/dev/null && return
  rm -rf "$place"
  return 1
}

if ! usable; then
  exec "$@"
fi
trap 'rm -rf "$place"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# The PostgreSQL cluster in it belongs to another user.
chmod 711 "$place"
TMPDIR=$place "$@"
