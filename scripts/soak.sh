#!/usr/bin/env bash
# The suites of end2end/guard, long: some two hours. What each knob means stands in the suite that reads it;
# SUITE=kills (or flood, cut, soak, two_servers) runs one of them.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
scripts/setup.sh test
scripts/build.sh
export SEKISHO_BIN="${SEKISHO_BIN:-$CARGO_TARGET_DIR/release/sekisho}"
export KILL_ROUNDS="${KILL_ROUNDS:-500}" KILL_ROUNDS_POSTGRES="${KILL_ROUNDS_POSTGRES:-500}"
export CRASH_ROUNDS="${CRASH_ROUNDS:-50}"
export CUTS="${CUTS:-2000}" CUTS_POSTGRES="${CUTS_POSTGRES:-2000}" SERVER_DEATHS="${SERVER_DEATHS:-20}"
export FLOODS="${FLOODS:-3}" FLOOD_LOGINS="${FLOOD_LOGINS:-10000}" FLOOD_CONNECTIONS="${FLOOD_CONNECTIONS:-4000}"
export GUESS_ROUNDS="${GUESS_ROUNDS:-5}" GUESS_WINDOW_S="${GUESS_WINDOW_S:-10}" SOAK_MINUTES="${SOAK_MINUTES:-30}"
export HOSTILE_GUESSES="${HOSTILE_GUESSES:-10000}"
export GUARD_TIMEOUT_S=7200
scripts/with_postgres.sh playwright test -c end2end/guard.config.ts ${SUITE:+"$SUITE"}
