// The database of one server, and a hand on it: tests let time pass by moving what it remembers.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { output } from './program';

export interface Database {
  /** As SEKISHO_DATABASE_URL wants it. */
  url: string;
  run(sql: string): Promise<void>;
  /** The first column of each row. */
  ask(sql: string): Promise<string[]>;
  /** All of it, for whoever looks for what must not be there. */
  contents(): Promise<string>;
  drop(): Promise<void>;
}

/** A file in the data folder, gone with it. */
export class SqliteDatabase implements Database {
  readonly url: string;

  constructor(private readonly file: string) {
    this.url = `sqlite:${file}`;
  }

  async run(sql: string) {
    const script = 'import sqlite3, sys\n'
      + 'with sqlite3.connect(sys.argv[1], timeout=10) as db: db.executescript("BEGIN IMMEDIATE;" + sys.argv[2])';
    await output('python3', ['-c', script, this.file, sql]);
  }

  async ask(sql: string) {
    const script = 'import sqlite3, sys\n'
      + 'db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=10)\n'
      + 'for row in db.execute(sys.argv[2]): print(row[0])';
    return lines(await output('python3', ['-c', script, this.file, sql]));
  }

  async contents() {
    const files = await Promise.all(['', '-wal'].map((end) => readFile(this.file + end, 'latin1')));
    return files.join('');
  }

  async drop() {}
}

/** One of its own in the cluster that TEST_DATABASE_URL names. */
export class PostgresDatabase implements Database {
  private constructor(private readonly cluster: string, private readonly name: string, readonly url: string) {}

  static async create(): Promise<PostgresDatabase> {
    const cluster = process.env.TEST_DATABASE_URL;
    if (!cluster) throw new Error('TEST_DATABASE_URL must name a PostgreSQL database; see scripts/with_postgres.sh.');
    const name = `contract_${randomBytes(8).toString('hex')}`;
    const url = new URL(cluster);
    url.pathname = `/${name}`;
    await psql(cluster, `CREATE DATABASE ${name}`);
    return new PostgresDatabase(cluster, name, url.href);
  }

  async run(sql: string) {
    await psql(this.url, sql);
  }

  async ask(sql: string) {
    return lines(await output('psql', ['-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, this.url]));
  }

  contents() {
    return output('pg_dump', [this.url]);
  }

  async drop() {
    await psql(this.cluster, `DROP DATABASE ${this.name} WITH (FORCE)`);
  }
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

async function psql(url: string, sql: string) {
  await output('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql, url]);
}
