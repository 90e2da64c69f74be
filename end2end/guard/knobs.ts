// How long the suites run: short by default, longer by the environment (`make soak`).

export function knob(name: string, short: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return short;
  const number = Number(text);
  if (!(number >= 0)) throw new Error(`${name} must be a number, not ${text}.`);
  return number;
}

/** A line for whoever reads docs/security-report.md. */
export function report(line: string) {
  console.log(`    ${line}`);
}
