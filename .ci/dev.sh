#!/usr/bin/env bash
# Serves for a developer: the API on 127.0.0.1:8080, built and started again when
# a Go file, the specification or a migration changes, and the screens from Vite,
# which hands /api on. Ctrl-C ends both.
#
# usage: .ci/dev.sh [ARGUMENT of serve…]
set -euo pipefail
cd "$(dirname "$0")/.."

export FARWATCH_ADDR=127.0.0.1:8080
server=
vite=
stamp=$(mktemp)

stop_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
}
cleanup() {
  trap - EXIT
  stop_server
  [ -z "$vite" ] || kill "$vite" 2>/dev/null || true
  rm -f "$stamp"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# changed succeeds when a source of the binary is newer than the last build.
changed() {
  [ -n "$(find . \( -path ./frontend/node_modules -o -path ./.git \) -prune -o \
    \( -name '*.go' -o -name '*.sql' -o -name 'openapi.yaml' -o -name go.mod \) \
    -newer "$stamp" -print -quit)" ]
}

(cd frontend && exec node_modules/.bin/vite --clearScreen false) &
vite=$!

touch -d '1970-01-01' "$stamp"
while kill -0 "$vite" 2>/dev/null; do
  if changed; then
    touch "$stamp"
    # The old server stays up while the new one does not build.
    if go build -o bin/farwatch-dev .; then
      stop_server
      ./bin/farwatch-dev serve "$@" &
      server=$!
    fi
  fi
  sleep 1
done
