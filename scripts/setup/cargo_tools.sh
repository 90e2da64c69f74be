#!/usr/bin/env bash
# cargo-leptos (drives the build) and wasm-bindgen (must be the version in Cargo.lock); for
# "test" also cargo-deny (looks at what others wrote).
# Ready-made binaries where cargo-binstall can fetch them, else compiled with a cheap
# profile: they run for seconds, so compiling them quickly matters more than their speed.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

what="${1:-build}"
leptos_version=0.3.10
deny_version=0.20.2
[ -f "$ROOT/Cargo.lock" ] || die "Cargo.lock is missing; it is part of the repository."
bindgen_version="$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/"/, "", $3); print $3 }' "$ROOT/Cargo.lock")"
[ -n "$bindgen_version" ] || die "Cargo.lock names no wasm-bindgen, so its version is unknown."

missing() { # binary, version
  ! command -v "$1" >/dev/null || [ "$("$1" --version 2>/dev/null | awk '{ print $NF; exit }')" != "$2" ]
}

install_tool() { # binary, crate, version, options of cargo install
  local binary=$1 crate=$2 version=$3
  shift 3
  missing "$binary" "$version" || return 0
  say "Installing $crate $version"
  if command -v cargo-binstall >/dev/null &&
    timeout 120 cargo binstall --no-confirm --disable-strategies compile "$crate@$version" >&2; then return; fi
  # Our RUSTFLAGS are for our code; the folder is separate so it can be removed afterwards.
  env -u RUSTFLAGS CARGO_TARGET_DIR="$cache/tools" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL="${opt_level:-1}" \
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
    cargo install "$crate" --version "$version" "$@" >&2 || die "$crate $version could not be installed."
}

needs_deny() { [ "$what" = test ] && missing cargo-deny "$deny_version"; }

if missing cargo-leptos "$leptos_version" || missing wasm-bindgen "$bindgen_version" || needs_deny; then
  mkdir -p "$cache"
  exec 9>"$cache/tools.lock"
  flock 9 # a second run waits here, then finds nothing missing
  install_tool wasm-bindgen wasm-bindgen-cli "$bindgen_version"
  install_tool cargo-leptos cargo-leptos "$leptos_version" --locked --features no_downloads
  # 3 minutes of CPU instead of 5; it runs for seconds either way.
  if needs_deny; then opt_level=0 install_tool cargo-deny cargo-deny "$deny_version" --locked; fi
  rm -rf "$cache/tools"
fi
