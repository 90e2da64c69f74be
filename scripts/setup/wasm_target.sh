#!/usr/bin/env bash
# The standard library for wasm32-unknown-unknown, which the browser side is compiled with.
# rustup brings it; where rustup cannot download, it is built from the same version of
# Debian's rust-src package.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

target=wasm32-unknown-unknown
lib="$sysroot/lib/rustlib/$target/lib"
compgen -G "$lib/libstd-*.rlib" >/dev/null && exit 0

say "Installing the Rust target $target"
# Looked at again afterwards: rustup's toolchain need not be the one `rustc` belongs to.
if command -v rustup >/dev/null && timeout 120 rustup target add "$target" >&2 &&
  compgen -G "$lib/libstd-*.rlib" >/dev/null; then exit 0; fi

version="$(rustc -V | cut -d' ' -f2)"
cannot="the Rust target $target is missing: 'rustup target add $target' failed"
command -v apt-get >/dev/null || die "$cannot, and there is no Debian archive to build it from."

say "rustup could not fetch it; building it from Debian's rust-src $version"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# The archive this machine is configured with (not the security one), whatever suite it names.
mapfile -t archives < <(
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    awk '$1 == "URIs:" { for (i = 2; i <= NF; i++) print $i }
         $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ "://") { print $i; break } }' |
    grep -E '/debian/?$' | sort -u)

fetch_source() { # archive, suite
  local apt="$work/apt" options found
  rm -rf "$apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $1 $2 main" >"$apt/sources.list"
  options=(-qq -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
    -o Dir::State::Lists="$apt/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$apt/cache"
    -o Acquire::Languages=none -o Acquire::Retries=1 -o APT::Sandbox::User=root)
  timeout 180 apt-get "${options[@]}" update >&2 || return 1
  found="$(apt-cache "${options[@]}" madison rust-src | awk '{ print $3 }' | grep -m1 "^$version+")" || return 1
  (cd "$work" && apt-get "${options[@]}" download "rust-src=$found" >&2)
}

for archive in "${archives[@]}"; do
  for suite in trixie-backports forky sid; do
    fetch_source "$archive" "$suite" && break 2
  done
done
compgen -G "$work/rust-src_*.deb" >/dev/null || die "$cannot, and no Debian suite carries rust-src $version."

dpkg-deb -x "$work"/rust-src_*.deb "$work/deb"
library="$(dirname "$(find "$work/deb" -path '*/library/Cargo.lock' -print -quit)")"
mkdir -p "$sysroot/lib/rustlib/src/rust"
rm -rf "$sysroot/lib/rustlib/src/rust/library"
cp -r "$library" "$sysroot/lib/rustlib/src/rust/library"

mkdir -p "$work/std/src"
printf '[package]\nname = "throw_away"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/std/Cargo.toml"
touch "$work/std/src/lib.rs"
# Not our RUSTFLAGS: bitcode is for link-time optimisation, and no path of this machine goes in.
flags="-C embed-bitcode=yes --remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rust --remap-path-prefix=$cargo_home=/cargo"
(cd "$work/std" && RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" CARGO_TARGET_DIR="$work/std/target" \
  cargo build --release -Z build-std=std,panic_abort,panic_unwind --target "$target" >&2) ||
  die "$cannot, and building it from rust-src failed."

# Moved in at the end as a whole: an interrupted run leaves no half-filled target.
mkdir -p "$(dirname "$lib")"
staging="$(mktemp -d "$(dirname "$lib")/new.XXXXXX")"
cp "$work/std/target/$target"/release/deps/*.rlib "$staging"
rm -f "$staging"/libthrow_away-*
chmod 755 "$staging"
rm -rf "$lib"
mv "$staging" "$lib"
say "Built $target for Rust $version"
