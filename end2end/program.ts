// Other programs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a program wrote; fails with it unless the program says that all went well. */
export async function output(
  program: string, words: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}, typed = '',
): Promise<string> {
  const child = spawn(program, words, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (more) => { text += more; });
  child.stderr.on('data', (more) => { text += more; });
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(typed);
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} failed (${status}):\n${text}`);
  return text;
}
