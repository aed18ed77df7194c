#!/usr/bin/env bash
# Runs each fuzz test of the module for a while: `go test -fuzz` takes one test
# of one package at a time.
#
# usage: .ci/fuzz.sh DURATION
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-10s}

count=0
for package in $(go list ./...); do
  for fuzz in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    printf '\n=== %s %s\n' "$package" "$fuzz"
    # Without a limit the fuzzer spends most of the time on shorter inputs.
    go test -run '^$' -fuzz "^$fuzz\$" -fuzztime "$duration" -fuzzminimizetime 20x "$package"
    count=$((count + 1))
  done
done
echo "fuzz: $count fuzz tests, $duration each"
[ "$count" -gt 0 ]
