// RL-05 and AU-03: a flood of logins, clients that guess without end, and an owner among them. Times are reported,
// never asserted: a machine shared with others would fail them. FLOOD_LOGINS over FLOOD_CONNECTIONS, FLOODS times;
// GUESS_ROUNDS pairs of windows of GUESS_WINDOW_S; HOSTILE_GUESSES at an owner who logs in meanwhile. All of it on
// PostgreSQL where FLOOD_POSTGRES is 1.

import { expect, test } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mailbox } from '../smtp';
import { knob, report } from './knobs';
import { Line } from './line';
import { flood, guess, look, type Counted } from './load';
import { Machine, ownDatabase } from './machine';
import { Person } from './person';

const FLOODS = knob('FLOODS', 1);
const LOGINS = knob('FLOOD_LOGINS', 2000);
const CONNECTIONS = knob('FLOOD_CONNECTIONS', 1000);
/** So many hold at most 40 connections each; one may have 256. */
const SOURCES = 100;
const GUESS_ROUNDS = knob('GUESS_ROUNDS', 1);
const GUESS_WINDOW_S = knob('GUESS_WINDOW_S', 1);
const CLIENTS = 32;
const MOST_MIB = 256;
const HOSTILE = knob('HOSTILE_GUESSES', 500);
const IS_ON_POSTGRES = knob('FLOOD_POSTGRES', 0) > 0;

for (const throttle of ['off', 'on']) {
  test(`a flood of logins is answered, takes bounded memory and leaves pages standing (limits ${throttle})`, async () => {
    await withServer(throttle, async (machine, ada, token) => {
      const calm = await lookFor(machine, ada, token, GUESS_WINDOW_S);
      report(`calm: /dashboard ${told(calm.looks[0])}; /users/me ${told(calm.looks[1])}`);
      for (let nth = 1; nth <= FLOODS; nth += 1) await floodOnce(machine, ada, token, calm.looks[0]);
      const { peakMib } = await machine.take();
      report(`memory: at most ${peakMib.toFixed(0)} MiB`);
      expect(peakMib).toBeLessThan(MOST_MIB);
      expect(machine.faults).toEqual([]);
    });
  });
}

test('clients that guess without end slow no page down', async () => {
  await withServer('off', async (machine, ada, token) => {
    await lookFor(machine, ada, token, 0.5); // nothing is cold
    for (let round = 1; round <= GUESS_ROUNDS; round += 1) {
      const calm = await lookFor(machine, ada, token, GUESS_WINDOW_S);
      const before = (await machine.take()).cpuS;
      const guessing = guess(machine.port, CLIENTS, ada.email);
      const busy = await lookFor(machine, ada, token, GUESS_WINDOW_S);
      const serverS = (await machine.take()).cpuS - before;
      guessing.stop();
      const guessed = await guessing.came;
      for (const [nth, path] of ['/dashboard', '/users/me'].entries()) {
        const [quiet, loud] = [calm.looks[nth], busy.looks[nth]];
        report(`round ${round}, ${path}: calm ${told(quiet)}; guessed ${told(loud)}; p99 ${ratio(loud, quiet)} times`);
        expect(Object.keys({ ...quiet.statuses, ...loud.statuses })).toEqual(['200']);
      }
      report(`round ${round}: ${(guessed.count / guessed.seconds).toFixed(0)} guesses a second; processor: server `
        + `${(serverS / GUESS_WINDOW_S).toFixed(2)}, guessing clients ${(guessed.cpuS / guessed.seconds).toFixed(2)}, `
        + `looking ${(busy.cpuS / busy.seconds).toFixed(2)} cores`);
      expect(Object.keys(guessed.statuses)).toEqual(['400']);
    }
    expect(machine.faults).toEqual([]);
  });
});

test('a known device is let in every time while others guess from everywhere', async () => {
  await withServer('on', async (machine, ada) => {
    let isOver = false;
    const job = { logins: HOSTILE, connections: 200, sources: SOURCES, email: ada.email };
    const guessed = flood(machine.port, job).came.finally(() => { isOver = true; });
    const led: (string | undefined)[] = [];
    for (; !isOver; await sleep(50)) led.push(await ada.logInOnKnownDevice());
    const { statuses } = await guessed;
    report(`${HOSTILE} guesses: ${JSON.stringify(statuses)}; ${led.length} logins of the owner meanwhile`);
    expect(led.filter((where) => where !== '/tfa')).toEqual([]);
    expect(led.length, 'the owner came too late').toBeGreaterThan(1);
    expect(Object.keys(statuses).filter((one) => !['400', '429', '503'].includes(one))).toEqual([]);
  }, { SEKISHO_HASH_PRIORITY: 'normal' });
});

async function floodOnce(machine: Machine, ada: Person, token: string, calm: Counted) {
  const before = (await machine.take()).cpuS;
  const looking = look(machine.port, ada, token);
  await sleep(300);
  const flooded = await flood(machine.port, { logins: LOGINS, connections: CONNECTIONS, sources: SOURCES }).came;
  looking.stop();
  const { looks: [dashboard, me] } = await looking.came;
  const [asked, serverS] = [Date.now(), (await machine.take()).cpuS - before];
  const { status } = await ada.logInHalfWay();
  report(`${LOGINS} logins over ${CONNECTIONS} connections in ${flooded.seconds.toFixed(1)} s: ${JSON.stringify(flooded.statuses)}, `
    + `${told(flooded)}, longest ${flooded.mostMs.toFixed(0)} ms`);
  report(`meanwhile: /dashboard ${told(dashboard)}, p99 ${ratio(dashboard, calm)} times calm; /users/me ${told(me)}; `
    + `a login right after: ${Date.now() - asked} ms`);
  report(`processor: server ${serverS.toFixed(1)} s, generator ${flooded.cpuS.toFixed(1)} s of ${(2 * flooded.seconds).toFixed(1)}`);
  const sensible = ['400', '429', '503'];
  expect(Object.keys(flooded.statuses).filter((one) => !sensible.includes(one)), 'every login is answered').toEqual([]);
  expect(Object.keys({ ...dashboard.statuses, ...me.statuses }), 'every page comes').toEqual(['200']);
  expect([200, 503], 'somebody who logs in after it').toContain(status);
}

/** Looks at pages for so long. */
async function lookFor(machine: Machine, ada: Person, token: string, seconds: number) {
  const looking = look(machine.port, ada, token);
  await sleep(seconds * 1000);
  looking.stop();
  return looking.came;
}

type Use = (machine: Machine, ada: Person, token: string) => Promise<void>;

async function withServer(throttle: string, use: Use, more: Record<string, string> = {}) {
  const mailbox = await Mailbox.start();
  const database = await ownDatabase(IS_ON_POSTGRES);
  const machine = await Machine.running({ database, settings: { ...mailbox.settings, SEKISHO_THROTTLE: throttle, ...more } });
  try {
    const ada = new Person(new Line(machine.url), mailbox);
    while (!ada.sessions.length) await ada.act();
    const token: string = (await ada.loginByApi()).json.token;
    await use(machine, ada, token);
  } finally {
    await machine.remove();
    await mailbox.stop();
    await database?.drop();
  }
}

const told = ({ count, medianMs, p99Ms }: Counted) => `${count} times, median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
const ratio = (one: Counted, other: Counted) => (one.p99Ms / other.p99Ms).toFixed(1);
