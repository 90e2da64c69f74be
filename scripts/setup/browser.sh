#!/usr/bin/env bash
# Chromium for the browser tests (Playwright's own, else Debian's) and a Japanese font,
# without which the Japanese pages would be measured in empty boxes.
set -euo pipefail
source "$(dirname "$0")/../env.sh"

playwright_chromium() {
  (cd "$ROOT/end2end" && node -e 'process.exit(require("fs").existsSync(require("@playwright/test").chromium.executablePath()) ? 0 : 1)')
}

if [ ! -x /usr/bin/chromium ] && ! playwright_chromium; then
  say "Installing Chromium"
  (cd "$ROOT/end2end" && timeout 180 npx playwright install chromium >&2) || apt_install chromium ||
    die "Chromium is missing: neither 'npx playwright install chromium' nor Debian's package could be installed."
fi

if [ -z "$(fc-list :lang=ja 2>/dev/null)" ]; then
  say "Installing a Japanese font"
  apt_install fontconfig fonts-noto-cjk || die "No Japanese font is installed; install Noto Sans CJK."
fi
