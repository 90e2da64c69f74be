#!/usr/bin/env bash
# Installs what is missing for building ("build", the default) or also for testing ("test").
# Safe to repeat; does nothing, quickly, on a machine that has everything.
set -euo pipefail
source "$(dirname "$0")/env.sh"

what="${1:-build}"
case "$what" in build | test) ;; *) die "usage: scripts/setup.sh [build|test]" ;; esac
setup="$ROOT/scripts/setup"

# The slow piece first and in the background, while the downloads go on.
nice "$setup/cargo_tools.sh" "$what" &
tools=$!
trap 'kill "$tools" 2>/dev/null || true' EXIT

"$setup/wasm_target.sh"
"$setup/node.sh"
if [ "$what" = test ]; then
  "$setup/browser.sh"
  "$setup/postgres.sh"
  "$setup/nginx.sh"
  "$setup/python.sh"
fi
wait "$tools"
trap - EXIT
