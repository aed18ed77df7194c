#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL cluster and removes the cluster
# afterwards, whatever happened. The command finds its base URL (a superuser of
# an empty cluster, trust authentication, loopback only) in
# FARWATCH_TEST_POSTGRES. If that is set already, the cluster it names is used
# and nothing is started.
#
# fsync, full_page_writes and synchronous_commit stay on, although a throw-away
# cluster could do without: the server refuses to start on a cluster that may
# lose acknowledged writes.
#
# usage: .ci/postgres.sh COMMAND [ARGUMENT…]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [ $# -eq 0 ]; then
  echo "usage: $0 COMMAND [ARGUMENT…]" >&2
  exit 2
fi
if [ -n "${FARWATCH_TEST_POSTGRES:-}" ]; then
  exec "$@"
fi

# The oldest version that the store is tested on.
readonly oldest=15

find_binaries() {
  local dir version
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) \
    "$(pg_config --bindir 2>/dev/null || true)"; do
    [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ] && [ -x "$dir/postgres" ] || continue
    version=$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    [ "$version" -ge "$oldest" ] || continue
    echo "$dir"
    return
  done
  return 1
}

if ! bin=$(find_binaries); then
  "$here/install-debian.sh" postgresql
  if ! bin=$(find_binaries); then
    echo "postgres: no PostgreSQL $oldest or newer on this machine, and the tests do not pass without it" >&2
    exit 1
  fi
fi

base=$(mktemp -d "${TMPDIR:-/tmp}/farwatch-pg.XXXXXX")
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
  # PostgreSQL refuses to run as root.
  if ! id postgres >/dev/null 2>&1; then
    rmdir "$base"
    echo "postgres: no user 'postgres' to run the cluster as" >&2
    exit 1
  fi
  chown postgres "$base"
  as_owner=(runuser -u postgres --)
fi

# owner runs a program of PostgreSQL as the cluster's owner. Its own directory
# may be closed to that user, so it starts in the cluster's.
owner() { (cd "$base" && exec "${as_owner[@]}" "$@") </dev/null; }

cleanup() {
  local status=$?
  trap - EXIT
  if [ -f "$base/data/postmaster.pid" ]; then
    owner "$bin/pg_ctl" -D "$base/data" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  rm -rf "$base"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

owner "$bin/initdb" --pgdata="$base/data" --username=postgres --auth=trust \
  --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$base/initdb.log" 2>&1 || {
  cat "$base/initdb.log" >&2
  exit 1
}
cat >>"$base/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$base'
max_connections = 200
EOF

# PostgreSQL cannot choose a free port itself, so a taken one means another try.
started=
for _ in 1 2 3 4 5 6 7 8 9 10; do
  port=$((20000 + RANDOM % 20000))
  if owner "$bin/pg_ctl" -D "$base/data" -l "$base/server.log" -o "-p $port" -w -t 60 start >/dev/null 2>&1; then
    started=yes
    break
  fi
  grep -q 'could not bind' "$base/server.log" || break
  : >"$base/server.log"
done
if [ -z "$started" ]; then
  echo "postgres: the cluster did not start:" >&2
  cat "$base/server.log" >&2
  exit 1
fi

export FARWATCH_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
"$@"
