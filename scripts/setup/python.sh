#!/usr/bin/env bash
# PyJWT in a folder of our own, for the test of what docs/integrating.md shows.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

folder="$cache/python"
"$folder/bin/python" -c 'import cryptography, jwt' 2>/dev/null && exit 0
command -v python3 >/dev/null || apt_install python3 || die "Python is missing; install Python 3.10 or newer, then run this again."
say "Installing PyJWT"
rm -rf "$folder"
if ! python3 -m venv "$folder" >/dev/null 2>&1; then
  apt_install python3-venv && python3 -m venv "$folder" || die "python3 -m venv failed; install Python's venv module."
fi
"$folder/bin/pip" install --quiet --disable-pip-version-check 'pyjwt[crypto]==2.*' >&2 || die "PyJWT could not be installed."
