#!/usr/bin/env bash
# Builds the release, sets the peer up in the cache folder and measures; see README.md beside this.
# Arguments go to compare.py: --rounds N, --seconds N, --only me|logins|start.
set -euo pipefail
source "$(dirname "$0")/../scripts/env.sh"

cd "$ROOT"
command -v wrk >/dev/null || apt_install wrk || die "wrk is missing; install it, then run this again."
[ -f target/site/hash.txt ] || say "Without \`make build\` pages and WASM are not embedded: memory will look smaller."
say "Building the release"
cargo build --release --bin sekisho
cargo build --release --example argon2

peer="$cache/peer-$(sha256sum bench/fastapi/requirements.txt | cut -c1-12)"
if [ ! -f "$peer/ready" ]; then
  say "Setting the peer up in $peer"
  python3 -m venv --clear "$peer"
  "$peer/bin/pip" install --quiet --disable-pip-version-check -r bench/fastapi/requirements.txt
  touch "$peer/ready"
fi
say "Measuring on $(nproc) cores; load before it: $(cut -d' ' -f1-3 /proc/loadavg)"
PYTHONDONTWRITEBYTECODE=1 exec "$peer/bin/python" bench/compare.py \
  "$CARGO_TARGET_DIR/release/sekisho" "$CARGO_TARGET_DIR/release/examples/argon2" "$@"
