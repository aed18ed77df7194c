#!/usr/bin/env bash
# Installs Debian packages by name, for a machine that has only Go, Node, make
# and git. Fails with the command to type where it may not install by itself.
#
# usage: .ci/install-debian.sh PACKAGE…
set -euo pipefail

if ! command -v apt-get >/dev/null; then
  echo "install-debian: no apt-get here; please install these yourself: $*" >&2
  exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "install-debian: not root; please run: sudo apt-get install --no-install-recommends $*" >&2
  exit 1
fi

# RUNLEVEL=1 keeps a freshly installed database from starting as a service: the
# tests want its binaries only.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
echo "install-debian: installing $*" >&2
apt-get update -qq >&2
apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
