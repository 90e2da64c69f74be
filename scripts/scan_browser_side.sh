#!/usr/bin/env bash
# Fails if what browsers download holds anything of the server: SQL, its crates, paths of the
# machine that built it, or a server function nobody reviewed.
set -euo pipefail
source "$(dirname "$0")/env.sh"

exec node - "$ROOT" "$HOME" <<'JS'
const fs = require('fs'), path = require('path');
const [root, home] = process.argv.slice(2);
const folder = path.join(root, 'target/site/pkg');
const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /\.(wasm|js)$/.test(name)) : [];
if (files.length < 2) { console.error(`error: nothing to scan in ${folder}; run scripts/build.sh first.`); process.exit(1); }
const text = files.map((name) => fs.readFileSync(path.join(folder, name), 'latin1')).join('\n');

const complaints = [];
const foreign = [root, home, '/home/', 'src/server', 'SELECT ', 'INSERT INTO', 'UPDATE accounts', 'sqlx', 'argon2', 'chacha20',
  'axum', 'tokio', 'master.key', 'SEKISHO_', 'BEGIN PRIVATE'];
for (const word of foreign) if (text.includes(word)) complaints.push(`"${word}" is in what browsers download`);

// The list that a test of the server compares with the registered functions.
const reviewed = new Set(fs.readFileSync(path.join(root, 'src/server/tests/forms.rs'), 'utf8')
  .match(/let reviewed = \[([^\]]*)\]/)[1].match(/[a-z-]+/g).map((name) => `/fn/${name}`));
// Names may stand without an end between them, so each has to begin like a reviewed one.
for (const [found] of text.matchAll(/\/fn\/[a-z-]+/g)) {
  if (![...reviewed].some((name) => found.startsWith(name))) complaints.push(`${found} is no reviewed function`);
}
const called = [...reviewed].filter((name) => text.includes(name)).length;
if (called < reviewed.size / 2) complaints.push(`only ${called} of ${reviewed.size} functions were found: the scan is blind`);
for (const complaint of complaints) console.error(`error: ${complaint}.`);
process.exitCode = complaints.length ? 1 : 0;
JS
