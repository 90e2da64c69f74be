#!/usr/bin/env bash
# Runs a command with TEST_DATABASE_URL naming a throw-away PostgreSQL cluster on a free
# loopback port, removed afterwards. Where TEST_DATABASE_URL is set, just runs the command.
set -euo pipefail
source "$(dirname "$0")/env.sh"

[ $# -gt 0 ] || die "usage: scripts/with_postgres.sh COMMAND..."
bin="$(postgres_bin)"
export PATH="$PATH${bin:+:$bin}" # psql
[ -z "${TEST_DATABASE_URL:-}" ] || exec "$@"
[ -n "$bin" ] || die "PostgreSQL is missing; run scripts/setup.sh test, or set TEST_DATABASE_URL."

# PostgreSQL refuses to run as root.
unprivileged=()
if [ "$(id -u)" = 0 ]; then
  user="$(id -un postgres 2>/dev/null || echo nobody)"
  unprivileged=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME=/tmp)
fi

folder="$(mktemp -d /tmp/sekisho-postgres.XXXXXX)"
cleanup() {
  (cd / && "${unprivileged[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop) >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ ${#unprivileged[@]} = 0 ] || chown "$user" "$folder"

cd / # the unprivileged user may not be allowed into ours
"${unprivileged[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
  { cat "$folder/initdb.log" >&2; die "initdb failed."; }

# Another program can take the port between the choice and the start: try again then.
for attempt in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 12000))
  if "${unprivileged[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 30 \
    -o "-p $port -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400" \
    start >/dev/null 2>&1 8>&-; then break; fi # 8: the lock of the build folder
  [ "$attempt" != 5 ] || { tail "$folder/data/log" >&2; die "PostgreSQL did not start."; }
done
cd "$OLDPWD"

# For tests of what becomes of us when it dies: ends it as a crash would, and starts it again.
printf '#!/bin/sh\ncd / && exec %s "%s" -D "%s" -m immediate -w -t 30 -l "%s" restart >/dev/null 2>&1\n' \
  "${unprivileged[*]}" "$bin/pg_ctl" "$folder/data" "$folder/data/log" >"$folder/crash"
chmod +x "$folder/crash"
export TEST_DATABASE_CRASH="$folder/crash"
export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
