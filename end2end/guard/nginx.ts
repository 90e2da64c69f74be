// nginx before several servers, by the very block that docs/operating.md shows.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { output } from '../program';
import { Line } from './line';
import type { Machine } from './machine';

const DOC = new URL('../../docs/operating.md', import.meta.url);
const START_MS = 10_000;
const NOBODY = 65_534;

export class Nginx {
  private constructor(
    private readonly folder: string, private readonly process: ChildProcess, readonly url: string, readonly ca: Buffer,
  ) {}

  /** Serves https at `port` of localhost. */
  static async before(machines: Machine[], port: number): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-nginx-'));
    await certify(folder);
    await writeFile(join(folder, 'nginx.conf'), whole(folder, await block(folder, machines, port)));
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if ('uid' in user) for (const name of ['', 'key.pem']) await chown(join(folder, name), NOBODY, NOBODY);
    const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], {
      ...user, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH },
    });
    let log = '';
    child.stderr.on('data', (text) => { log += text; });
    const nginx = new Nginx(folder, child, `https://localhost:${port}`, await readFile(join(folder, 'cert.pem')));
    for (const deadline = Date.now() + START_MS; !(await nginx.answers()); await sleep(20)) {
      if (Date.now() < deadline && child.exitCode === null) continue;
      throw new Error(`nginx did not start:\n${log}`);
    }
    return nginx;
  }

  /** A line from `from`, an address of this machine. */
  line(from?: string): Line {
    return new Line(this.url, { from, ca: this.ca, isKept: true });
  }

  async log(): Promise<string> {
    return readFile(join(this.folder, 'access.log'), 'utf8');
  }

  async stop() {
    if (this.process.exitCode === null) {
      const exit = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await exit;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private answers(): Promise<boolean> {
    const line = new Line(this.url, { ca: this.ca });
    return line.ask('GET', '/healthz').then(({ status }) => status === 200, () => false);
  }
}

/** The block of the docs, with the addresses and files of this test. */
async function block(folder: string, machines: Machine[], port: number): Promise<string> {
  const shown = /```nginx\n([^]*?)```/.exec(await readFile(DOC, 'utf8'))?.[1];
  if (!shown) throw new Error('docs/operating.md shows no nginx block.');
  const servers = ['10.0.0.11:3000', '10.0.0.12:3000'];
  const own: [string, string][] = [
    ...servers.map((server, nth): [string, string] => [server, `127.0.0.1:${machines[nth].port}`]),
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    ['server_name login.example.org', 'server_name localhost'],
    ['/etc/ssl/login.example.org.pem', join(folder, 'cert.pem')],
    ['/etc/ssl/login.example.org.key', join(folder, 'key.pem')],
    ['/var/log/nginx/sekisho.log', join(folder, 'access.log')],
  ];
  return own.reduce((text, [theirs, ours]) => {
    if (text.split(theirs).length !== 2) throw new Error(`The nginx block of docs/operating.md says ${theirs} not once.`);
    return text.replace(theirs, ours);
  }, shown);
}

/** What Debian's own nginx.conf says around it. */
function whole(folder: string, block: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  return `daemon off;
pid ${folder}/nginx.pid;
worker_processes 2;
error_log stderr;
events { worker_connections 768; }
http {
${temporary.join('\n')}
${block}
}
`;
}

async function certify(folder: string) {
  await output('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem'),
  ]);
}
