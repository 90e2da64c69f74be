// A machine that runs Sekisho: a data folder and a port that stay, and a process that may be killed.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresDatabase, SqliteDatabase, type Database } from '../database';
import { output } from '../program';
import { freePort } from '../server';

const START_MS = 20_000;
const TICKS_PER_S = 100;

export interface Plan {
  settings?: Record<string, string>;
  /** Default: SQLite in the data folder. */
  database?: Database;
  /** The master key; default: one that it makes itself. */
  key?: Buffer;
}

/** What a process takes, by /proc. */
export interface Take {
  residentMib: number;
  /** The most it ever had. */
  peakMib: number;
  descriptors: number;
  cpuS: number;
}

export class Machine {
  /** Everything that its processes wrote to their log. */
  log = '';
  private process?: ChildProcess;

  private constructor(
    readonly folder: string, readonly port: number, readonly database: Database,
    private readonly settings: Record<string, string>,
  ) {}

  /** Makes it; nothing runs yet. */
  static async make({ settings = {}, database, key }: Plan = {}): Promise<Machine> {
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-guard-'));
    const data = join(folder, 'data');
    await mkdir(data);
    if (key) await writeFile(join(data, 'master.key'), key, { mode: 0o600 });
    return new Machine(folder, await freePort(), database ?? new SqliteDatabase(join(data, 'sekisho.db')), settings);
  }

  /** Makes it and starts it. */
  static async running(plan: Plan = {}): Promise<Machine> {
    const machine = await Machine.make(plan);
    await machine.start();
    return machine;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (!this.process?.pid) throw new Error('Nothing runs.');
    return this.process.pid;
  }

  /** Starts a process and waits until it answers. */
  async start() {
    const child = spawn(binary(), ['serve'], { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text) => { this.log += text; });
    child.stderr.on('data', (text) => { this.log += text; });
    this.process = child;
    for (const deadline = Date.now() + START_MS; !(await this.isHealthy()); await sleep(10)) {
      if (Date.now() < deadline && child.exitCode === null) continue;
      throw new Error(`The server did not start:\n${this.log.slice(-3000)}`);
    }
  }

  /** Ends the process as a lost power supply would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Ends the process in peace and removes the folder. */
  async remove() {
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs another command of the program on the same data. */
  command(words: string[], typed = ''): Promise<string> {
    return output(binary(), words, { cwd: this.folder, env: this.environment() }, typed);
  }

  async take(): Promise<Take> {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return {
      residentMib: mib('VmRSS'),
      peakMib: mib('VmHWM'),
      descriptors: (await readdir(`/proc/${this.pid}/fd`)).length,
      cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
    };
  }

  /** Lines of the log that no test may cause. */
  get faults(): string[] {
    return this.log.split('\n').filter((line) => /panicked|"level":"ERROR"| ERROR /.test(line));
  }

  private async end(signal: NodeJS.Signals) {
    const child = this.process;
    this.process = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  /** Whether people can log in. */
  isReady(): Promise<boolean> {
    return this.isGood('/readyz');
  }

  private isHealthy(): Promise<boolean> {
    return this.isGood('/healthz');
  }

  private isGood(path: string): Promise<boolean> {
    return fetch(this.url + path).then((answer) => answer.status === 200, () => false);
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      SEKISHO_LISTEN: `127.0.0.1:${this.port}`,
      SEKISHO_DATA_DIR: join(this.folder, 'data'),
      SEKISHO_DATABASE_URL: this.database.url,
      ...this.settings,
    };
  }
}

/** A database of its own; on PostgreSQL where `postgres`. */
export async function ownDatabase(postgres: boolean): Promise<Database | undefined> {
  return postgres ? PostgresDatabase.create() : undefined;
}

function binary(): string {
  const path = process.env.SEKISHO_BIN;
  if (!path) throw new Error('SEKISHO_BIN must name the built server.');
  return path;
}
