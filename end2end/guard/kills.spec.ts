// DB-03: what was acknowledged stays, and what was used up stays used up, whenever the power goes.
// KILL_ROUNDS and KILL_ROUNDS_POSTGRES say how often it goes, CRASH_ROUNDS how often that of PostgreSQL.

import { expect, test } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mailbox } from '../smtp';
import { broken } from './invariants';
import { knob, report } from './knobs';
import { Line, Lost } from './line';
import { Machine, ownDatabase } from './machine';
import { Person } from './person';
import { output } from '../program';

const PEOPLE = 6;
/** After so many acts somebody else comes. */
const ACTS = 60;
const LONGEST_MS = 800;

const CRASH_ROUNDS = knob('CRASH_ROUNDS', 5);
const ROUNDS = { sqlite: knob('KILL_ROUNDS', 20), postgres: knob('KILL_ROUNDS_POSTGRES', 5) };

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`whenever the server is killed, nothing acknowledged is lost and nothing used is revived (${kind})`, async () => {
    test.skip(ROUNDS[kind] === 0 || (kind === 'postgres' && !process.env.TEST_DATABASE_URL), 'not asked for');
    const mailbox = await Mailbox.start();
    const database = await ownDatabase(kind === 'postgres');
    const machine = await Machine.running({
      database,
      settings: settings(mailbox),
    });
    try {
      const strike = async () => {
        await machine.kill();
        return () => machine.start();
      };
      await strikeAgainAndAgain({ machine, mailbox, strike, line: new Line(machine.url) }, ROUNDS[kind]);
    } finally {
      await machine.remove();
      await database?.drop();
      await mailbox.stop();
    }
  });
}

function settings(mailbox: Mailbox) {
  return {
    ...mailbox.settings, SEKISHO_HIDE_ACCOUNTS: 'false', SEKISHO_THROTTLE: 'off', SEKISHO_HASH_PRIORITY: 'normal',
  };
}

test('whenever PostgreSQL crashes, nothing acknowledged is lost, and the server goes on by itself', async () => {
  const crash = process.env.TEST_DATABASE_CRASH;
  test.skip(CRASH_ROUNDS === 0 || !crash, 'not asked for');
  const mailbox = await Mailbox.start();
  const database = await ownDatabase(true);
  // The cluster of the tests is in more of a hurry.
  await database?.run('DO $$ BEGIN EXECUTE format(\'ALTER DATABASE %I SET synchronous_commit = on\', current_database()); END $$');
  const machine = await Machine.running({ database, settings: settings(mailbox) });
  const strike = async () => {
    await output(crash ?? '', [], {});
    return async () => {
      await expect.poll(() => machine.isReady(), { message: 'it goes on by itself', timeout: 20_000 }).toBe(true);
    };
  };
  try {
    // 503: nobody knows whether the act was done before the line to the database was lost.
    const line = new Line(machine.url, { isVoid: (status) => status === 503 });
    await strikeAgainAndAgain({ machine, mailbox, strike, line, complaint: /could not use the database/ }, CRASH_ROUNDS);
  } finally {
    await machine.remove();
    await database?.drop();
    await mailbox.stop();
  }
});

interface Siege {
  machine: Machine;
  mailbox: Mailbox;
  line: Line;
  /** The power goes; what comes back makes it come again. */
  strike: () => Promise<() => Promise<void>>;
  /** What may stand in the log meanwhile. */
  complaint?: RegExp;
}

async function strikeAgainAndAgain({ machine, mailbox, line, strike, complaint }: Siege, rounds: number) {
  const everybody = new Set<Person>();
  const newcomer = () => {
    const person = new Person(line, mailbox);
    everybody.add(person);
    return person;
  };
  let people = Array.from({ length: PEOPLE }, newcomer);
  let lost = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const busy = people.map((person) => live(person));
    await sleep(Math.random() * LONGEST_MS);
    const mend = await strike();
    for (const person of people) person.isCut = true;
    const ends = await Promise.all(busy);
    lost += people.filter((person) => person.isOpen).length;
    expect(ends.filter((end) => !(end instanceof Lost)), `round ${round}: refused what is good`).toEqual([]);
    await mend();
    await hurryMail(machine);
    const wrong = await Promise.all(people.map((person) => person.check()));
    expect(wrong.flat(), `round ${round}`).toEqual([]);
    people = people.map((person) => (person.acts < ACTS ? person : newcomer()));
    if (round % 50 === 0) report(`${round} of ${rounds} rounds`);
  }
  expect((await Promise.all([...everybody].map((person) => person.check()))).flat(), 'at the end').toEqual([]);
  expect(await broken(machine.database)).toEqual([]);
  expect(await machine.command(['audit', 'verify'])).toContain('each is what it was');
  expect(machine.faults.filter((fault) => !complaint?.test(fault))).toEqual([]);
  tell(rounds, [...everybody], lost);
}

/** Goes on until no answer comes any more; what stopped it. */
async function live(person: Person): Promise<unknown> {
  person.isCut = false;
  try {
    for (;;) await person.act();
  } catch (error) {
    return error;
  }
}

/** A mail that the killed process was just sending waits two minutes for it; here those are over. */
async function hurryMail({ database }: Machine) {
  await database.run('UPDATE outbox SET next_try_at = 0 WHERE tries > 0 AND delivered_at IS NULL');
}

function tell(rounds: number, people: Person[], lost: number) {
  const acts: Record<string, number> = {};
  for (const { done } of people) for (const [name, count] of Object.entries(done)) acts[name] = (acts[name] ?? 0) + count;
  const all = Object.values(acts).reduce((sum, count) => sum + count, 0);
  report(`${rounds} kills, ${people.length} people, ${all} acts acknowledged, ${lost} answers lost; 0 lost, 0 revived, 0 half done.`);
  report(Object.entries(acts).sort().map(([name, count]) => `${name} ${count}`).join(', '));
}
