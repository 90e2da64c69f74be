#!/usr/bin/env bash
# Runs what docs/integrating.md shows against a real server: what we tell people must work.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cd "$ROOT"
program="${SEKISHO_BIN:-$CARGO_TARGET_DIR/release/sekisho}"
folder="$(mktemp -d /tmp/sekisho-docs.XXXXXX)"
cleanup() {
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap cleanup EXIT

port=$((20000 + RANDOM % 12000))
origin="http://127.0.0.1:$port"
env -i PATH="$PATH" SEKISHO_DATA_DIR="$folder/data" SEKISHO_LISTEN="127.0.0.1:$port" SEKISHO_SECOND_FACTOR=optional \
  "$program" >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
  curl -sf "$origin/readyz" >/dev/null && break
  sleep 0.1
done

password="seven lamps over the gate"
id="$(curl -sf "$origin/auth/register" -H 'Content-Type: application/json' \
  -d "{\"email\":\"ada@example.test\",\"password\":\"$password\"}" | grep -oE '[0-9a-f-]{36}')" ||
  { cat "$folder/log" >&2; die "The server did not register an account."; }
token="$(curl -sf "$origin/auth/jwt/login" -d username=ada@example.test --data-urlencode "password=$password" |
  sed -E 's/.*"access_token":"([^"]+)".*/\1/')"

# The code block that follows a heading.
snippet() { awk -v heading="### $1" '$0 == heading { found = 1 } found && /^```/ { if (inside) exit; inside = 1; next } inside' docs/integrating.md; }
snippet "Python (PyJWT)" >"$folder/verify.py"
snippet "Node (jose)" >"$folder/verify.mjs"
ln -s "$ROOT/end2end/node_modules" "$folder/node_modules"

check() { # name, command...
  local name=$1 said
  shift
  said="$("$@" "$origin" "$token")" || die "The $name snippet refuses a good token."
  [ "$said" = "$id" ] || die "The $name snippet says $said instead of $id."
  ! "$@" "$origin" "${token%????}AAAA" >/dev/null 2>&1 || die "The $name snippet takes a forged token."
}
check Python "$cache/python/bin/python" "$folder/verify.py"
check Node node "$folder/verify.mjs"
