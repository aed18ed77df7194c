#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests, installing Debian's
# package where there is none. CHROMIUM names another one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

find_browser() {
  if [ -n "${CHROMIUM:-}" ]; then
    command -v "$CHROMIUM"
    return
  fi
  command -v chromium || command -v chromium-browser || command -v google-chrome
}

if ! find_browser; then
  if [ -n "${CHROMIUM:-}" ]; then
    echo "install-browser: CHROMIUM=$CHROMIUM is not a program" >&2
    exit 1
  fi
  "$here/install-debian.sh" chromium
  find_browser
fi
