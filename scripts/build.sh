#!/usr/bin/env bash
# The release: the browser side into target/site, then the server with it embedded, into
# $CARGO_TARGET_DIR/release/sekisho. Every build by cargo-leptos writes the embedded files
# anew and so compiles the server anew; where nothing changed since the last one, this skips it.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
binary="$CARGO_TARGET_DIR/release/sekisho"
sources() { # of everything that goes in
  { rustc -V; printf '%s\n' "$RUSTFLAGS"
    find Cargo.toml Cargo.lock src locales migrations style public -type f -exec sha256sum {} + | sort; } | sha256sum
}
contents() { # of everything that goes in and comes out
  { sources; find target/site "$binary" -type f -exec sha256sum {} + 2>/dev/null | sort; } | sha256sum || true
}
if [ -x "$binary" ] && [ -d target/site/pkg ] && [ "$(contents)" = "$(cat "$binary.contents" 2>/dev/null)" ]; then
  say "The release is up to date"
  exit 0
fi
before="$(sources)"
rm -f "$binary.contents"
cargo leptos build --release --precompress
# What was edited while it was being built may not be in it.
if [ "$before" = "$(sources)" ]; then contents >"$binary.contents"; fi
