// Processes of generator.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Person } from './person';

const GENERATOR = fileURLToPath(new URL('generator.mjs', import.meta.url));

export interface Counted {
  /** Answers by status; where none came, by what went wrong. */
  statuses: Record<string, number>;
  count: number;
  medianMs: number;
  p99Ms: number;
  mostMs: number;
}

export interface Taken {
  seconds: number;
  /** What the generator itself took of the processor. */
  cpuS: number;
}

export interface Running<T> {
  /** Ends it, where it does not end by itself. */
  stop(): void;
  came: Promise<T & Taken>;
}

export const flood = (port: number, job: { logins: number; connections: number; sources: number; email?: string }) =>
  run<Counted>({ kind: 'flood', port, ...job });

export const guess = (port: number, clients: number, email: string) =>
  run<Counted>({ kind: 'guess', port, clients, email });

/** Somebody signed in who opens the dashboard and asks the API in turns. */
export function look(port: number, person: Person, token: string) {
  const head = (path: string, more: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n\r\n`;
  const cookie = `Cookie: __Host-session=${person.sessions[0].browser?.session}\r\nAccept: text/html`;
  const requests = [head('/dashboard', cookie), head('/users/me', `Authorization: Bearer ${token}`)];
  return run<{ looks: [Counted, Counted] }>({ kind: 'look', port, requests, pauseMs: 5 });
}

function run<T>(job: object): Running<T> {
  const child = spawn(process.execPath, [GENERATOR, JSON.stringify(job)], { stdio: ['pipe', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (text) => { told += text; });
  const came = once(child, 'close').then(([status]) => {
    if (status !== 0) throw new Error(`The generator failed (${status}).`);
    return JSON.parse(told);
  });
  return { stop: () => child.stdin.end(), came };
}
