#!/usr/bin/env bash
# Fails on a crate that deny.toml does not let in, for its name, licence or source; and on known
# holes, where their database can be fetched.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
# Duplicates are only warned about; the graphs of how each came in would bury everything else.
cargo deny --locked check --hide-inclusion-graph bans licenses sources
if timeout 120 cargo deny fetch db 2>/dev/null; then
  cargo deny --locked check --hide-inclusion-graph advisories
else
  say "Advisories were not checked: their database cannot be fetched here."
fi
