// RL-03: whoever hangs up in the middle leaves nothing half done. CUTS says how often.

import { expect, test } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Mailbox } from '../smtp';
import { broken } from './invariants';
import { knob, report } from './knobs';
import { Line, Lost } from './line';
import { Machine, ownDatabase } from './machine';
import { Person } from './person';

const CUTS = { sqlite: knob('CUTS', 40), postgres: knob('CUTS_POSTGRES', 20) };
const PEOPLE = 10;
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
    const settings = {
      ...mailbox.settings, SEKISHO_HIDE_ACCOUNTS: 'false', SEKISHO_THROTTLE: 'off', SEKISHO_HASH_PRIORITY: 'normal',
    };
    const machine = await Machine.running({ database, settings });
    try {
      const cuts = new Cuts(machine, mailbox, CUTS[kind]);
      const before = (await machine.take()).descriptors;
      await Promise.all(Array.from({ length: PEOPLE }, () => cuts.goOn()));
      expect([...cuts.statuses].filter((status) => status >= 500)).toEqual([]);
      expect(await broken(machine.database)).toEqual([]);
      expect(machine.faults).toEqual([]);
      await sleep(1000);
      const { descriptors, residentMib } = await machine.take();
      expect(descriptors, 'none is held for who has left').toBeLessThan(before + 32);
      report(`${cuts.count} connections cut, ${cuts.happened} of their acts done all the same, ${cuts.acts} acts acknowledged in `
        + `between; 0 half done; descriptors ${before} before, ${descriptors} after; memory ${residentMib.toFixed(0)} MiB`);
    } finally {
      await machine.remove();
      await database?.drop();
      await mailbox.stop();
    }
  });
}

/** People whose connections are cut every other time. */
class Cuts {
  readonly statuses = new Set<number>();
  count = 0;
  happened = 0;
  acts = 0;

  constructor(private readonly machine: Machine, private readonly mailbox: Mailbox, private readonly most: number) {}

  /** One person after the other, until there were enough. */
  async goOn() {
    while (this.count < this.most) await this.live();
  }

  private async live() {
    let isCalm = false;
    const cut = (method: string, path: string) => {
      // A link that nobody knows was asked for stands in the way of the next.
      const mayCut = !isCalm && method === 'POST' && path !== '/auth/forgot-password' && Math.random() < 0.5;
      return mayCut ? (Math.random() - 0.15) * LONGEST_MS : undefined;
    };
    const line = new Line(this.machine.url, { cut, hear: (status) => this.statuses.add(status) });
    const person = new Person(line, this.mailbox);
    while (person.acts < ACTS && this.count < this.most) {
      try {
        await person.act();
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        this.count += 1;
        isCalm = true;
        await sleep(SETTLED_MS);
        expect(await person.check()).toEqual([]);
        isCalm = false;
        this.happened += person.hasHappened ? 1 : 0;
      }
    }
    this.acts += person.acts;
  }
}
