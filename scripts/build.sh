#!/usr/bin/env bash
# The release: the browser side into target/site, then the server with it embedded, into
# $CARGO_TARGET_DIR/release/sekisho. Every build by cargo-leptos writes the embedded files
# anew and so compiles the server anew; where nothing changed since the last one, this skips it.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
binary="$CARGO_TARGET_DIR/release/sekisho"
contents() { # of everything that goes in and comes out
  { rustc -V; printf '%s\n' "$RUSTFLAGS"
    find Cargo.toml Cargo.lock build.rs src locales migrations style public target/site "$binary" \
      -type f -exec sha256sum {} + 2>/dev/null | sort; } | sha256sum || true
}
if [ -x "$binary" ] && [ -d target/site/pkg ] && [ "$(contents)" = "$(cat "$binary.contents" 2>/dev/null)" ]; then
  say "The release is up to date"
  exit 0
fi
cargo leptos build --release --precompress
contents >"$binary.contents"
