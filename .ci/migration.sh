#!/usr/bin/env bash
# Creates the next migration, one file for each database with the same number
# and name. Forward only, so there is no Down section.
#
# usage: .ci/migration.sh NAME
set -euo pipefail
cd "$(dirname "$0")/.."

name=${1:-}
if ! [[ $name =~ ^[a-z][a-z0-9_]*$ ]]; then
  echo "usage: make migration name=add_something (lower case, digits, underscores)" >&2
  exit 2
fi

last=$(find store/migrations -name '[0-9]*_*.sql' -printf '%f\n' | sort | tail -1)
# The first migration has no number before it.
last=${last:-0_}
number=$(printf '%05d' $((10#${last%%_*} + 1)))
for dialect in sqlite postgres; do
  file="store/migrations/$dialect/${number}_$name.sql"
  printf -- '-- +goose Up\n\n' >"$file"
  echo "$file"
done
