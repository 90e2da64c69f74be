#!/usr/bin/env bash
# Everything CI checks, in the order in which a mistake shows soonest; stops at the first failure.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
step() { # heading, command
  local heading=$1 start=$SECONDS
  shift
  say "== $heading"
  "$@" || die "$heading failed after $((SECONDS - start)) s."
  say "-- $heading: $((SECONDS - start)) s"
}
browser_tests() { (cd end2end && SEKISHO_BIN="$CARGO_TARGET_DIR/release/sekisho" npx playwright test); }

step "Setup" scripts/setup.sh test
step "Formatting" cargo fmt --check
step "Secrets" scripts/scan_secrets.sh
step "Supply chain" scripts/supply_chain.sh
step "Bill of materials" scripts/sbom.sh
step "Clippy, server" cargo clippy --all-targets --locked -- -D warnings
step "Clippy, browser" cargo clippy --lib --locked --no-default-features --features hydrate \
  --target wasm32-unknown-unknown -- -D warnings
step "Tests" scripts/with_postgres.sh cargo test --locked
step "Tests of the API on PostgreSQL" scripts/with_postgres.sh \
  env TEST_APPS_ON=postgres cargo test --locked --lib server::tests::rest::
step "Release build" scripts/build.sh
step "Size budget" scripts/size_budget.sh
step "Browser side" scripts/scan_browser_side.sh
step "What the docs show" scripts/try_docs.sh
step "Browser tests" browser_tests
step "Contract" scripts/with_postgres.sh \
  env SEKISHO_BIN="$CARGO_TARGET_DIR/release/sekisho" playwright test -c end2end/contract.config.ts
step "Kills, cuts, floods, two servers" scripts/with_postgres.sh \
  env SEKISHO_BIN="$CARGO_TARGET_DIR/release/sekisho" playwright test -c end2end/guard.config.ts
say "All passed in $((SECONDS / 60)) min $((SECONDS % 60)) s"
