#!/usr/bin/env bash
# Runs every check in turn and says how long each took. A failure does not stop
# the ones after it, so that one run shows all that is wrong.
#
# Expects FARWATCH_TEST_POSTGRES; `make test` sets it through .ci/postgres.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${FARWATCH_TEST_POSTGRES:?run this through make test}"

passed=0
failed=()
summary=()

# step NAME COMMAND… runs one check under a heading.
step() {
  local name=$1 begin=$SECONDS result=ok
  shift
  printf '\n=== %s\n' "$name"
  "$@" </dev/null || result=FAILED
  summary+=("$(printf '%-7s %4d s  %s' "$result" $((SECONDS - begin)) "$name")")
  printf -- '--- %s: %s (%d s)\n' "$result" "$name" $((SECONDS - begin))
  if [ "$result" = ok ]; then passed=$((passed + 1)); else failed+=("$name"); fi
}

target() { make --no-print-directory "$1"; }

# The browser test must not pass on the binary of an earlier build.
rm -f bin/farwatch

step 'npm packages' target frontend/node_modules/.package-lock.json
step 'browser' .ci/install-browser.sh
step 'formatting' target lint-format
step 'go vet' target lint-vet
step 'golangci-lint' target lint-go
step 'generated code is current' target lint-gen
step 'build' target build
step 'Go tests on SQLite and PostgreSQL' target test-go
step 'Svelte checks and Vitest' target test-web
step 'browser tests on SQLite and PostgreSQL' target e2e
step 'Dockerfile, step by step' target docker-steps

printf '\n=== summary, %d s in all\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
printf 'steps: %d passed, %d failed\n' "$passed" "${#failed[@]}"
[ "${#failed[@]}" -eq 0 ]
