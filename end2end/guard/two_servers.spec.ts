// Two servers on one PostgreSQL behind nginx, as docs/operating.md shows it: what one of them knows the other
// knows, and the death of one is nobody's trouble (SE-07, DB-03, AU-04, AU-05, AU-11, JW-07, RL).

import { expect, test } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresDatabase, type Database } from '../database';
import { someEmail } from '../contract/people';
import { headerOf } from '../contract/tokens';
import { freePort } from '../server';
import { Mailbox } from '../smtp';
import { Browser } from './browser';
import { broken } from './invariants';
import { knob, report } from './knobs';
import { Line, Lost } from './line';
import { Machine } from './machine';
import { Nginx } from './nginx';
import { Person } from './person';

/** How often a server dies. */
const DEATHS = knob('SERVER_DEATHS', 2);
const PEOPLE = 6;
const PASSWORD = 'nine gates on the old road';
const FORM_BODY = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

test.describe.configure({ mode: 'serial' });
test.skip(!process.env.TEST_DATABASE_URL, 'needs PostgreSQL: scripts/with_postgres.sh');

let database: Database;
let mailbox: Mailbox;
let nginx: Nginx;
let servers: Machine[] = [];
/** To each server, as if from nginx. */
let lines: Line[] = [];

test.beforeAll(async () => {
  database = await PostgresDatabase.create();
  mailbox = await Mailbox.start();
  const [port, key] = [await freePort(), randomBytes(32)];
  const settings = {
    ...mailbox.settings,
    SEKISHO_PUBLIC_URL: `https://localhost:${port}`,
    SEKISHO_TRUSTED_PROXIES: '127.0.0.1',
    SEKISHO_HASH_PRIORITY: 'normal',
    // Many deaths take long, and people come all the time.
    SEKISHO_REGISTRATIONS_PER_HOUR: '100000',
  };
  servers = await Promise.all([1, 2].map(() => Machine.make({ settings, database, key })));
  // At once, on an empty database: one of them makes the tables.
  await Promise.all(servers.map((server) => server.start()));
  nginx = await Nginx.before(servers, port);
  const headers = { host: `localhost:${port}` };
  lines = servers.map(({ url }) => new Line(url, { from: '127.0.0.1', headers, isKept: true }));
});

test.afterAll(async () => {
  await nginx?.stop();
  for (const server of servers) await server.remove();
  await mailbox?.stop();
  await database?.drop();
});

test('two servers started at once on an empty database both serve it', async () => {
  for (const line of lines) expect((await line.ask('GET', '/readyz')).status).toBe(200);
  const keys = await Promise.all(lines.map(async (line) => (await line.ask('GET', '/.well-known/jwks.json')).text));
  expect(keys[0]).toBe(keys[1]);
});

test('a session of one server is one of the other, and a logout is seen there within a second', async () => {
  const ada = await enrolled(1);
  const [here, there] = lines.map((line) => ada.sessions[0].browser!.copy(line));
  const token = await accessToken(ada);
  const me = (line: Line) => line.ask('GET', '/users/me', { authorization: `Bearer ${token}` });
  for (const line of lines) expect((await me(line)).json.email).toBe(ada.email);
  expect([await here.isSignedIn(), await there.isSignedIn()]).toEqual([true, true]);

  expect((await lines[0].ask('POST', '/auth/jwt/logout', { authorization: `Bearer ${token}` })).status).toBe(204);
  expect((await here.copy().post('logout')).status).toBe(200);
  const since = Date.now();
  const states = [await here.isSignedIn(), (await me(lines[0])).status];
  expect(states, 'at once where it was answered').toEqual([false, 401]);
  for (;;) {
    const asked = Date.now() - since;
    if (!(await there.isSignedIn()) && (await me(lines[1])).status === 401) break;
    expect(asked, 'ms after the logout').toBeLessThan(1000);
  }
  report(`A logout was seen by the other server after ${Date.now() - since} ms.`);
});

test('guesses at both servers share one budget, whoever the client says it is', async () => {
  const from = nginx.line('127.0.9.1');
  const guess = (email: string, line: Line, claimed = '203.0.113.7') => {
    const form = new URLSearchParams({ username: email, password: PASSWORD }).toString();
    return line.ask('POST', '/auth/jwt/login', { ...FORM_BODY, 'x-forwarded-for': claimed }, form);
  };
  const since = Date.now();
  const said = [];
  for (let nth = 0; nth < 16; nth += 1) said.push((await guess(someEmail(), from, `203.0.113.${nth}`)).status);
  // One comes back every six seconds.
  const budget = 10 + Math.floor((Date.now() - since) / 6000);
  expect(said.filter((status) => status === 400).length).toBe(budget);
  expect(said.filter((status) => status === 429).length).toBe(16 - budget);
  expect((await guess(someEmail(), nginx.line('127.0.9.2'))).status, 'somebody else').toBe(400);

  const email = someEmail();
  const asked = Date.now();
  const many = await Promise.all(Array.from({ length: 24 }, (_, nth) => guess(email, nginx.line(`127.0.10.${nth + 1}`))));
  const looked = many.filter(({ status }) => status === 400).length;
  expect(looked).toBeGreaterThanOrEqual(5);
  // The first pause is a second by the clock on the wall: it may be over at once.
  expect(looked, 'five for an account, and one after each pause').toBeLessThanOrEqual(6 + Math.floor((Date.now() - asked) / 1000));
});

test('keys rotated by the command line are taken up by both servers within a second', async () => {
  const ada = await enrolled(2);
  const before = await accessToken(ada);
  await servers[0].command(['keys', 'rotate']);
  await sleep(1000);
  const lists = await Promise.all(lines.map(async (line) => (await line.ask('GET', '/.well-known/jwks.json')).json.keys));
  expect(lists[0].length).toBe(2);
  expect(lists[1]).toEqual(lists[0]);
  for (const line of lines) {
    const after = await accessToken(ada, line);
    expect(headerOf(after).kid).not.toBe(headerOf(before).kid);
    for (const token of [before, after]) {
      for (const other of lines) expect((await other.ask('GET', '/users/me', { authorization: `Bearer ${token}` })).status).toBe(200);
    }
  }
});

test('each mail leaves once, whichever server wrote it', async () => {
  const known = mailbox.mails.length;
  const emails = Array.from({ length: 40 }, someEmail);
  await Promise.all(emails.map(async (email, nth) => {
    const body = JSON.stringify({ email, password: PASSWORD });
    expect((await nginx.line(`127.0.11.${nth + 1}`).ask('POST', '/auth/register', JSON_BODY, body)).status).toBe(201);
  }));
  for (const email of emails) await mailbox.to(email);
  await sleep(2000); // each of them looks once a second
  const mails = mailbox.mails.slice(known).filter(({ to }) => emails.includes(to));
  expect(mails.map(({ to }) => to).sort()).toEqual([...emails].sort());
  expect(new Set(mails.map(({ id }) => id)).size).toBe(mails.length);
});

test('a server killed under load signs nobody out and loses nothing acknowledged', async () => {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, nth) => enrolled(20 + nth)));
  const load = new Load(people);
  await sleep(1000);
  for (let death = 0; death < DEATHS; death += 1) {
    await servers[death % 2].kill();
    await sleep(1500);
    await servers[death % 2].start();
    await sleep(2500); // as the docs say: nginx still takes it for dead
  }
  await load.stop();
  await sleep(1000);
  // What a killed server was just sending waits two minutes for it; here those are over.
  await database.run('UPDATE outbox SET next_try_at = 0 WHERE tries > 0 AND delivered_at IS NULL');
  const { pages, forms, unanswered, wrong, registered } = load;
  expect(wrong, 'who is signed in stays so, and every page comes').toEqual([]);
  for (const person of people) expect(await person.check()).toEqual([]);
  for (const email of registered) await mailbox.link(email, 'verify-email');
  const texts = new Set(mailbox.mails.map(({ id, to }) => `${id} ${to}`));
  expect(texts.size, 'a mail that came twice has one id').toBe(new Set(mailbox.mails.map(({ id }) => id)).size);
  expect(await broken(database)).toEqual([]);
  for (const server of servers) expect(server.faults).toEqual([]);
  report(`${DEATHS} deaths under load: ${pages} pages and ${forms} registrations answered, 0 pages lost, `
    + `${unanswered} forms without an answer (502), 0 signed out, 0 acknowledged lost; `
    + `${mailbox.mails.length - texts.size} of ${mailbox.mails.length} mails came twice.`);
});

test('no token of a link stands in the access log', async () => {
  const line = nginx.line();
  await new Browser(line).get('/reset-password?token=canary');
  await sleep(100);
  const log = await nginx.log();
  expect(log).toContain('/reset-password');
  expect(log).not.toContain('canary');
});

/** Somebody signed in with a second factor, who comes by nginx from an address of their own. */
async function enrolled(nth: number): Promise<Person> {
  const person = new Person(nginx.line(`127.0.12.${nth}`), mailbox);
  while (!person.sessions.length) await person.act();
  return person;
}

/** An access token, at `line` or through nginx. */
async function accessToken(person: Person, line = person.line): Promise<string> {
  const { status, text, json } = await person.loginByApi(line);
  expect(status, text).toBe(200);
  return json.token;
}

/** People who look at pages all the time, and others who register. */
class Load {
  pages = 0;
  forms = 0;
  unanswered = 0;
  readonly wrong: string[] = [];
  readonly registered: string[] = [];
  private isOver = false;
  private readonly busy: Promise<unknown>;

  constructor(people: Person[]) {
    const looking = people.map((person) => this.look(person));
    const coming = Array.from({ length: 4 }, (_, nth) => this.come(nth));
    this.busy = Promise.all([...looking, ...coming]);
  }

  async stop() {
    this.isOver = true;
    await this.busy;
  }

  private async look(person: Person) {
    while (!this.isOver) {
      await Promise.all(person.sessions.map(async (session) => {
        try {
          if (!(await session.isAlive())) this.wrong.push('somebody was signed out');
        } catch (error) {
          this.wrong.push(String(error));
        }
      }));
      this.pages += person.sessions.length;
    }
  }

  private async come(nth: number) {
    for (let count = 0; !this.isOver; count += 1) {
      const email = someEmail();
      const line = nginx.line(`127.0.${30 + nth}.${1 + (count % 250)}`);
      const answer = await line.ask('POST', '/auth/register', JSON_BODY, JSON.stringify({ email, password: PASSWORD }))
        .catch((error) => { if (error instanceof Lost) return undefined; throw error; });
      line.close();
      if (answer?.status === 201) this.registered.push(email);
      else if (!answer || answer.status === 502) this.unanswered += 1;
      else this.wrong.push(`registering answered ${answer.status} ${answer.text}`);
      this.forms += answer?.status === 201 ? 1 : 0;
      await sleep(20);
    }
  }
}
