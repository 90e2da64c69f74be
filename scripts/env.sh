# shellcheck shell=bash
# Sourced by every script: the environment all builds share. Equal flags in every clone
# keep one build cache warm, so no path of this repository may appear in RUSTFLAGS.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cargo_home="${CARGO_HOME:-$HOME/.cargo}"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/sekisho"
export PATH="$cargo_home/bin:$ROOT/end2end/node_modules/.bin:$PATH:/usr/sbin:$cache/nginx/usr/sbin"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

command -v rustc >/dev/null || die "Rust is missing; install rustup and a stable toolchain, then run this again."
sysroot="$(rustc --print sysroot)"
export RUSTFLAGS="--cfg erase_components --remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$sysroot=/rust"

# Runs a command as root (directly or with sudo); fails where neither is possible.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else return 1; fi
}

# Installs Debian packages; the package lists are refreshed only when the first try fails.
apt_install() {
  command -v apt-get >/dev/null || return 1
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@")
  as_root "${install[@]}" >&2 && return
  as_root apt-get update -qq >&2
  as_root "${install[@]}" >&2
}

# The folder of PostgreSQL's server programs (the newest), or nothing.
postgres_bin() {
  local initdb
  initdb="$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)" ||
    initdb="$(command -v initdb)" || return 0
  dirname "$initdb"
}

# The build folder lies outside of the clone, so a fresh clone is warm when the machine is.
# Cargo tells our own files apart by relative path and time only: two clones in one folder
# would pass off each other's code as built. So a folder belongs to one clone while its
# scripts run (descriptor 8 is the lock), and a new owner makes its files look new.
claim_target() {
  local folder number
  mkdir -p "$cache"
  for pass in mine any; do
    for number in "" -2 -3 -4 -5 -6; do
      folder="$cache/target$number"
      exec 8>>"$folder.owner"
      if [ "$pass" = any ] && flock -n -x 8; then
        printf '%s\n' "$ROOT" >"$folder.owner"
        (cd "$ROOT" && find Cargo.toml build.rs src tests locales migrations style public -type f \
          -exec touch {} + 2>/dev/null) || true
      fi
      if [ "$(cat "$folder.owner")" = "$ROOT" ] && flock -n -s 8 && [ "$(cat "$folder.owner")" = "$ROOT" ]; then
        export CARGO_TARGET_DIR="$folder"
        return
      fi
      exec 8>&-
    done
  done
  die "All build folders in $cache are in use by other clones; set CARGO_TARGET_DIR to a folder of your own."
}
[ -n "${CARGO_TARGET_DIR:-}" ] || claim_target
