#!/usr/bin/env bash
# Keeps what the browser downloads from growing unnoticed: WASM and JS (Brotli) at most 3 kB
# above the recorded size and never above 250 kB, CSS at most 14 kB.
set -euo pipefail
source "$(dirname "$0")/env.sh"

recorded="$(grep -v '^#' "$ROOT/scripts/size_budget.txt")"
exec node - "$ROOT/target/site/pkg" "$recorded" <<'JS'
const fs = require('fs'), path = require('path'), zlib = require('zlib');
const [folder, recorded] = [process.argv[2], Number(process.argv[3])];
const [goal, slack, cssLimit] = [250000, 3000, 14000];
const fail = (text) => { console.error(`error: ${text}`); process.exitCode = 1; };

// A build leaves one file per kind; should older ones be there, the newest counts.
const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
function newest(kind) {
  const found = files.filter((f) => f.endsWith(kind)).map((f) => path.join(folder, f))
    .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs);
  if (!found.length) { fail(`no *${kind} in ${folder}; run scripts/build.sh first.`); process.exit(); }
  return fs.readFileSync(found[0]);
}
const brotli = (data) => zlib.brotliCompressSync(data, { params: {
  [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: data.length } }).length;

const total = ['.wasm', '.js'].reduce((sum, kind) => {
  const data = newest(kind), small = brotli(data);
  console.log(`${kind.padEnd(6)} ${String(data.length).padStart(8)} bytes, Brotli ${small}`);
  return sum + small;
}, 0);
const css = newest('.css').length;
console.log(`.css   ${String(css).padStart(8)} bytes of at most ${cssLimit}`);
console.log(`WASM and JS, Brotli: ${total}, recorded ${recorded}`);
if (!(total <= recorded + slack)) fail(`WASM and JS grew by ${total - recorded} bytes (Brotli), at most ${slack} are allowed; if it is worth it, record ${total} in scripts/size_budget.txt.`);
else if (total < recorded - slack) console.log(`It shrank: record ${total} in scripts/size_budget.txt.`);
if (total > goal) fail(`WASM and JS have ${total} bytes (Brotli), the goal is at most ${goal}, whatever is recorded.`);
if (css > cssLimit) fail(`The CSS has ${css} bytes, at most ${cssLimit} are allowed.`);
JS
