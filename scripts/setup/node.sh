#!/usr/bin/env bash
# Node packages in end2end/node_modules: Playwright, axe and wasm-opt (binaryen).
set -euo pipefail
source "$(dirname "$0")/../env.sh"

cd "$ROOT/end2end"
# npm writes this file last, so it is also missing after an interrupted run.
[ node_modules/.package-lock.json -nt package-lock.json ] && exit 0
command -v npm >/dev/null || die "Node.js with npm is missing; install Node 20 or newer, then run this again."
say "Installing the Node packages"
npm ci --no-audit --no-fund --loglevel=error >&2 || die "npm ci failed in end2end."
touch node_modules/.package-lock.json
