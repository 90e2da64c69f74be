// RL-09: mixed traffic for SOAK_MINUTES; nothing breaks, nothing grows.

import { expect, test } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { someEmail } from '../contract/people';
import { Mailbox } from '../smtp';
import { broken } from './invariants';
import { knob, report } from './knobs';
import { Line } from './line';
import { Machine, type Take } from './machine';
import { Person } from './person';

const MINUTES = knob('SOAK_MINUTES', 0.1);
const PEOPLE = 6;
const ACTS = 60;
const PAUSE_MS = 150;
/** Of the traffic, so much is warming up. */
const WARM = 1 / 3;

test('hours of mixed traffic break nothing and leave nothing behind', async () => {
  test.setTimeout((MINUTES * 60 + 120) * 1000);
  const mailbox = await Mailbox.start();
  const settings = {
    ...mailbox.settings, SEKISHO_HIDE_ACCOUNTS: 'false', SEKISHO_THROTTLE: 'off', SEKISHO_HASH_PRIORITY: 'normal',
  };
  const machine = await Machine.running({ settings });
  try {
    await soak(machine, mailbox);
  } finally {
    await machine.remove();
    await mailbox.stop();
  }
});

async function soak(machine: Machine, mailbox: Mailbox) {
  const statuses: Record<string, number> = {};
  const hear = (status: number) => { statuses[status] = (statuses[status] ?? 0) + 1; };
  const until = Date.now() + MINUTES * 60_000;
  const isOver = () => Date.now() > until;
  const busy = Array.from({ length: PEOPLE }, () => live(new Line(machine.url, { hear }), mailbox, isOver));
  const noisy = makeNoise(new Line(machine.url, { hear, isKept: true }), isOver);
  const takes: [number, Take][] = [];
  for (; !isOver(); await sleep(Math.min(5000, MINUTES * 6000))) takes.push([Date.now(), await machine.take()]);
  const acts = (await Promise.all(busy)).reduce((sum, count) => sum + count, 0);
  await noisy;
  tell(acts, statuses, takes);
  expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
  expect(machine.faults).toEqual([]);
  expect(await broken(machine.database)).toEqual([]);
  await sleep(1000);
  const [first, last] = [takes[0][1].descriptors, (await machine.take()).descriptors];
  expect(last, 'descriptors').toBeLessThan(first + 32);
}

/** One person after the other; how many acts were acknowledged. */
async function live(line: Line, mailbox: Mailbox, isOver: () => boolean): Promise<number> {
  let acts = 0;
  while (!isOver()) {
    const person = new Person(line, mailbox);
    while (!isOver() && person.acts < ACTS) {
      await person.act();
      await person.lookAround();
      await sleep(Math.random() * 2 * PAUSE_MS);
    }
    expect(await person.check()).toEqual([]);
    acts += person.acts;
  }
  return acts;
}

/** What every server hears all day. */
async function makeNoise(line: Line, isOver: () => boolean) {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  while (!isOver()) {
    await line.ask('GET', '/wp-login.php');
    await line.ask('GET', '/login');
    await line.ask('GET', '/users/me', { authorization: 'Bearer nonsense' });
    await line.ask('POST', '/auth/register', json, '{"email":');
    await line.ask('POST', '/auth/jwt/login', form, `username=${encodeURIComponent(someEmail())}&password=no+such+lantern`);
    await line.ask('POST', '/auth/forgot-password', json, JSON.stringify({ email: someEmail() }));
    await sleep(PAUSE_MS);
  }
}

function tell(acts: number, statuses: Record<string, number>, takes: [number, Take][]) {
  const warm = takes.slice(Math.floor(takes.length * WARM));
  const slope = slopeOf(warm.map(([at, { residentMib }]) => [at / 3_600_000, residentMib]));
  const [first, last] = [warm[0][1], warm[warm.length - 1][1]];
  const cores = (last.cpuS - takes[0][1].cpuS) / ((warm[warm.length - 1][0] - takes[0][0]) / 1000);
  report(`${MINUTES} min: ${acts} acts, answers ${JSON.stringify(statuses)}; memory ${first.residentMib.toFixed(1)} to `
    + `${last.residentMib.toFixed(1)} MiB after warming up (slope ${slope.toFixed(1)} MiB/h), at most ${last.peakMib.toFixed(0)}; `
    + `descriptors ${takes[0][1].descriptors} to ${last.descriptors}; processor ${cores.toFixed(2)} cores.`);
}

/** Least squares. */
function slopeOf(points: [number, number][]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const above = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  return above / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
}
