#!/usr/bin/env bash
# nginx, which stands before two servers in end2end/guard: where there is none, the program out of Debian's
# package, in a folder of our own. Installed, it would start to listen on port 80.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

command -v nginx >/dev/null && exit 0
say "Fetching nginx"
folder="$cache/nginx"
rm -rf "$folder" && mkdir -p "$folder"
cd "$folder"
fetch() { apt-get download -qq nginx >&2; }
fetch || { as_root apt-get update -qq >&2 && fetch; } || die "nginx is missing; install it, then run this again."
dpkg-deb -x nginx_*.deb . && rm nginx_*.deb
"$folder/usr/sbin/nginx" -v 2>/dev/null || die "nginx does not run here; install it, then run this again."
