#!/usr/bin/env bash
# Fails if a key, a certificate or a working secret stands in the repository.
set -euo pipefail
cd "$(dirname "$0")/.."

found=0
complain() { printf 'error: %s\n%s\n' "$1" "$2" >&2; found=1; }
files="$(git ls-files | grep -iE '\.(pem|key|p12|pfx|jks|der|crt|kdbx|db|sqlite3?)$|(^|/)(\.env(\..*)?|id_(rsa|ed25519|ecdsa)|master\.key)$' || true)"
[ -z "$files" ] || complain "Files that hold secrets:" "$files"
# Written in pieces, so that this script does not find itself.
patterns="-----BEGIN ([A-Z]+ )*PRIVATE"" KEY|-----BEGIN CERT""IFICATE|AK""IA[0-9A-Z]{16}|gh[pousr]""_[A-Za-z0-9]{36}|xox""[abprs]-[0-9A-Za-z-]{10}|eyJ""[A-Za-z0-9_-]{20,}\.eyJ""[A-Za-z0-9_-]{20,}"
lines="$(git grep -nIE -e "$patterns" -- . ':!*.lock' ':!end2end/package-lock.json' ':!src/server/passwords/common_passwords.txt' || true)"
[ -z "$lines" ] || complain "Lines that look like secrets:" "$lines"
exit "$found"
