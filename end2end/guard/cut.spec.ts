// RL-03: whoever hangs up in the middle leaves nothing half done. CUTS says how often.

import { expect, test } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mailbox } from '../smtp';
import { broken } from './invariants';
import { knob, report } from './knobs';
import { Line, Lost } from './line';
import { Machine, ownDatabase } from './machine';
import { Person } from './person';

const CUTS = { sqlite: knob('CUTS', 200), postgres: knob('CUTS_POSTGRES', 100) };
const PEOPLE = 12;
const ACTS = 60;
/** Longer than any of these acts takes here. */
const LONGEST_MS = 60;
/** By then the server has noticed, and ended or finished what it was doing. */
const SETTLED_MS = 400;

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`connections cut at any moment leave nothing half done (${kind})`, async () => {
    test.skip(CUTS[kind] === 0 || (kind === 'postgres' && !process.env.TEST_DATABASE_URL), 'not asked for');
    const mailbox = await Mailbox.start();
    const database = await ownDatabase(kind === 'postgres');
    const settings = { ...mailbox.settings, SEKISHO_HIDE_ACCOUNTS: 'false', SEKISHO_THROTTLE: 'off', SEKISHO_HASH_PRIORITY: 'normal' };
    const machine = await Machine.running({ database, settings });
    try {
      await cutAgainAndAgain(machine, mailbox, CUTS[kind]);
    } finally {
      await machine.remove();
      await database?.drop();
      await mailbox.stop();
    }
  });
}

async function cutAgainAndAgain(machine: Machine, mailbox: Mailbox, most: number) {
  const statuses = new Set<number>();
  const counts = { cuts: 0, happened: 0, acts: 0 };
  const before = await machine.take();
  await Promise.all(Array.from({ length: PEOPLE }, async () => {
    while (counts.cuts < most) await live(machine, mailbox, statuses, counts, most);
  }));
  expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  expect(await broken(machine.database)).toEqual([]);
  expect(machine.faults).toEqual([]);
  await sleep(1000);
  const after = await machine.take();
  expect(after.descriptors, 'none is held for who has left').toBeLessThan(before.descriptors + 32);
  report(`${counts.cuts} connections cut, ${counts.happened} of their acts done all the same, ${counts.acts} acts acknowledged between them; `
    + `0 half done; descriptors ${before.descriptors} before, ${after.descriptors} after; memory ${after.residentMib.toFixed(0)} MiB`);
}

/** The life of one person whose connections are cut every other time. */
async function live(
  machine: Machine, mailbox: Mailbox, statuses: Set<number>, counts: { cuts: number; happened: number; acts: number }, most: number,
) {
  let isCalm = false;
  const cut = (method: string, path: string) => {
    const mayCut = !isCalm && method === 'POST' && path !== '/auth/forgot-password' && Math.random() < 0.5;
    return mayCut ? (Math.random() - 0.15) * LONGEST_MS : undefined;
  };
  const person = new Person(new Line(machine.url, { cut, hear: (status) => statuses.add(status) }), mailbox);
  while (person.acts < ACTS && counts.cuts < most) {
    const acts = person.acts;
    try {
      await person.act();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      counts.cuts += 1;
      isCalm = true;
      await sleep(SETTLED_MS);
      expect(await person.check()).toEqual([]);
      isCalm = false;
      counts.happened += person.hasHappened ? 1 : 0;
    }
    counts.acts += person.acts - acts;
  }
}
