#!/usr/bin/env bash
# Fails when generating again would change the named files. Compares copies, not
# git, so that it means the same in a clean checkout and in a half-edited tree,
# and puts the files back as they were.
#
# usage: .ci/gen-drift.sh FILE…
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(mktemp -d)
restore() {
  local file
  for file in "${files[@]}"; do
    if [ -f "$before/$file" ]; then
      # Only a changed file is written back: a new age would rebuild the screens.
      cmp -s "$before/$file" "$file" || cp -p "$before/$file" "$file"
    else
      rm -f "$file"
    fi
  done
  rm -rf "$before"
}
files=("$@")
for file in "${files[@]}"; do
  mkdir -p "$before/$(dirname "$file")"
  [ ! -f "$file" ] || cp -p "$file" "$before/$file"
done
trap restore EXIT

make --no-print-directory gen

status=0
for file in "${files[@]}"; do
  if [ ! -f "$before/$file" ]; then
    echo "gen-drift: $file is missing; run make gen" >&2
    status=1
  elif ! diff -u "$before/$file" "$file" | head -40; then
    echo "gen-drift: $file is not what openapi.yaml says; run make gen" >&2
    status=1
  else
    # Same bytes: keep the age it had.
    touch -r "$before/$file" "$file"
  fi
done
exit "$status"
