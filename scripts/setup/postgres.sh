#!/usr/bin/env bash
# PostgreSQL's server programs, for the temporary cluster of with_postgres.sh. Not needed
# where TEST_DATABASE_URL names a database to test with.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

# The contract tests make their databases with it.
command -v psql >/dev/null || [ -x "$(postgres_bin)/psql" ] || apt_install postgresql-client ||
  die "psql is missing; install PostgreSQL's client."
[ -z "${TEST_DATABASE_URL:-}" ] || exit 0
[ -z "$(postgres_bin)" ] || exit 0
say "Installing PostgreSQL"
apt_install postgresql || die "PostgreSQL is missing; install its server, or set TEST_DATABASE_URL."
[ -n "$(postgres_bin)" ] || die "PostgreSQL was installed, but its initdb was not found."
