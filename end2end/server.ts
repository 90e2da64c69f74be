// One server of our own: a free port, an empty data folder, nothing left behind.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresDatabase, SqliteDatabase, type Database } from './database';
import { output } from './program';

const START_MS = 20_000;

export interface Server {
  url: string;
  /** Its data folder. */
  data: string;
  database: Database;
  /** Runs another command of the program on the same data; resolves to its output. */
  command(words: string[], typed?: string): Promise<string>;
  stop(): Promise<void>;
}

export interface Wish {
  settings?: Record<string, string>;
  /** Default: SQLite. */
  postgres?: boolean;
}

export async function startServer({ settings = {}, postgres = false }: Wish = {}): Promise<Server> {
  const binary = process.env.SEKISHO_BIN;
  if (!binary) throw new Error('SEKISHO_BIN must name the built server.');
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-end2end-'));
  const data = join(folder, 'data');
  const database = postgres ? await PostgresDatabase.create() : new SqliteDatabase(join(data, 'sekisho.db'));
  const listen = `127.0.0.1:${await freePort()}`;
  const env = {
    PATH: process.env.PATH,
    SEKISHO_LISTEN: listen,
    SEKISHO_DATA_DIR: data,
    SEKISHO_DATABASE_URL: database.url,
    SEKISHO_HASH_PRIORITY: 'normal', // a busy machine must not fail a test
    SEKISHO_THROTTLE: 'off', // hundreds of logins come from one address
    ...settings,
  };
  const child = spawn(binary, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (text) => { log += text; });
  child.stderr.on('data', (text) => { log += text; });
  child.on('error', (error) => { log += error; });
  const exit = once(child, 'exit').catch(() => undefined);
  const stop = async () => {
    if (child.pid && child.exitCode === null && child.kill()) await exit;
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  const command = (words: string[], typed = '') => output(binary, words, { cwd: folder, env }, typed);

  const url = `http://${listen}`;
  for (const deadline = Date.now() + START_MS; !(await isHealthy(url)); await sleep(20)) {
    if (Date.now() < deadline && child.pid && child.exitCode === null) continue;
    await stop();
    throw new Error(`The server did not start:\n${log}`);
  }
  return { url, data, database, command, stop };
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then((answer) => answer.status === 200, () => false);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
