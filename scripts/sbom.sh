#!/usr/bin/env bash
# Writes what each of the two builds is made of as CycloneDX 1.6, from the lock file, into
# target/sbom/. The npm packages of end2end/ only test: nothing of them is shipped.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
mkdir -p target/sbom
describe() { # name, feature, target
  cargo metadata --locked --format-version 1 --no-default-features --features "$2" --filter-platform "$3" |
    node scripts/sbom.js "$1" "$(git log -1 --format=%cI)" >"target/sbom/sekisho-$1.cdx.json"
  say "target/sbom/sekisho-$1.cdx.json: $(grep -c '"purl"' "target/sbom/sekisho-$1.cdx.json") components"
}
describe server ssr "$(rustc -vV | sed -n 's/^host: //p')"
describe browser hydrate wasm32-unknown-unknown
