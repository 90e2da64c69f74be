// Turns what `cargo metadata` says of one build into CycloneDX, and fails if the result does not hold together.
const fs = require('fs');
const [build, timestamp] = process.argv.slice(2);
const { packages, resolve } = JSON.parse(fs.readFileSync(0, 'utf8'));
const known = new Map(packages.map((found) => [found.id, found]));
const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
const checksums = new Map([...fs.readFileSync('Cargo.lock', 'utf8')
  .matchAll(/name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"/g)].map(([, name, version, sum]) => [`${name} ${version}`, sum]));

// What is compiled in, and what only helps to compile: build scripts, macros, and all they need.
const inside = new Set(), around = new Set();
const isMacro = (id) => known.get(id).targets.some((target) => target.kind.includes('proc-macro'));
function walk(id, isShipped) {
  const found = isShipped && !isMacro(id) ? inside : around;
  if (inside.has(id) || found.has(id)) return;
  found.add(id);
  for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
    if (kinds.some(({ kind }) => kind === null)) walk(pkg, found === inside);
    else if (kinds.some(({ kind }) => kind === 'build')) walk(pkg, false);
  }
}
walk(resolve.root, true);

const purl = (id) => `pkg:cargo/${known.get(id).name}@${known.get(id).version.replace('+', '%2B')}`;
const component = (id) => {
  const { name, version, description, license } = known.get(id);
  const sum = checksums.get(`${name} ${version}`);
  return { type: 'library', 'bom-ref': purl(id), name, version, scope: inside.has(id) ? 'required' : 'excluded',
    description: description?.trim().replace(/\s+/g, ' '), purl: purl(id),
    licenses: license && [{ expression: license.replace(/ ?\/ ?/g, ' OR ') }], hashes: sum && [{ alg: 'SHA-256', content: sum }] };
};
const used = [...new Set([...inside, ...around])].sort((a, b) => purl(a).localeCompare(purl(b)));
const dependencies = used.map((id) => ({ ref: purl(id), dependsOn: nodes.get(id).deps
  .filter(({ pkg, dep_kinds: kinds }) => used.includes(pkg) && kinds.some(({ kind }) => kind !== 'dev')).map(({ pkg }) => purl(pkg)).sort() }));
const root = { ...component(resolve.root), type: 'application', name: `sekisho (${build})` };
const components = used.filter((id) => id !== resolve.root).map(component);
const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { timestamp, component: root }, components, dependencies };

const refs = new Set([root, ...components].map((found) => found['bom-ref']));
const lost = dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref));
const bare = components.filter(({ hashes, licenses }) => !hashes || !licenses).map(({ name }) => name);
if (refs.size !== components.length + 1 || components.length < 50 || lost.length || bare.length) throw new Error(`${build}: twice, lost or bare: ${[...lost, ...bare]}`);
process.stdout.write(`${JSON.stringify(bom, null, 1)}\n`);
