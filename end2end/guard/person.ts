// Somebody with an account, and a ledger of what the server acknowledged. After a kill the server must agree
// with the ledger in everything; where an answer was lost, it must say clearly whether the act happened.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Authenticator } from '../authenticator';
import type { Answer } from '../contract/api';
import { someEmail } from '../contract/people';
import type { Mailbox } from '../smtp';
import { Browser } from './browser';
import { Lost, type Line } from './line';

/** Of what was used up, this much is tried again after each kill. */
const LATEST = 4;
/** One mail leaves after the other, and these people do nothing but cause some. */
const MAIL_MS = 60_000;
const JSON_BODY = { 'content-type': 'application/json' };
const FORM_BODY = { 'content-type': 'application/x-www-form-urlencoded' };

/** What an act changes, in one transaction of the server. */
interface Effect {
  /** Writes it into the ledger; without an answer, what came with it is not known. */
  apply(answer?: Answer): void;
  /** Whether each of the changes is there; nothing where nobody can tell. */
  look?(): Promise<boolean[]>;
}

/** What opened it: never changed, so that what is dead can be tried again. */
interface Session {
  browser?: Browser;
  token?: string;
  isAlive(): Promise<boolean>;
}

interface Spent {
  what: 'code' | 'link';
  value: string;
  works(): Promise<boolean>;
}

/** The server refused what the ledger says is good. */
export class Refused extends Error {}

export class Person {
  email = someEmail();
  password = somePassword();
  sessions: Session[] = [];
  /** The server was killed: nothing more is going to come. */
  isCut = false;
  /** Whether the act whose answer was lost last had happened. */
  hasHappened = false;
  /** How often the server acknowledged each act. */
  readonly done: Record<string, number> = {};
  private stage: 'new' | 'registered' | 'verified' | 'enrolled' = 'new';
  private phone?: Authenticator;
  private codes: string[] = [];
  private ended: Session[] = [];
  private spent: Spent[] = [];
  private formerPassword?: string;
  private formerEmail?: string;
  /** Whether a link to a new password was asked for that was not used yet, and those that were used or refused. */
  private isLinkOut = false;
  private readonly deadLinks = new Set<string>();
  /** An address asked for and not confirmed. */
  private nextEmail?: string;
  private open?: { name: string; effect: Effect };

  /** How many acts were acknowledged. */
  get acts(): number {
    return Object.values(this.done).reduce((sum, count) => sum + count, 0);
  }

  /** Whether the answer to an act is missing. */
  get isOpen(): boolean {
    return this.open !== undefined;
  }

  constructor(readonly line: Line, private readonly mailbox: Mailbox) {}

  /** Something that people do. Fails with `Lost` where no answer came. */
  async act() {
    if (this.stage === 'new') return this.register();
    if (this.stage === 'registered') return this.verify();
    if (this.stage === 'verified') return this.enrol();
    const here = this.browser();
    if (!here) return this.codes.length && Math.random() < 0.2 ? this.resetPassword() : this.signIn();
    if (!this.codes.length) return this.renewCodes(here);
    const acts = [
      () => this.signIn(), () => this.signIn(), () => this.signInByApi(), () => this.changePassword(here),
      () => this.resetPassword(), () => this.endOne(here), () => this.endOthers(here), () => this.signOut(),
      () => this.changeEmail(here), () => this.renewCodes(here), () => this.leave(here),
    ];
    return acts[Math.floor(Math.random() * acts.length)]();
  }

  /** A login by the API that the ledger does not hold. */
  async loginByApi(line = this.line): Promise<Answer> {
    return this.postTo(line, '/auth/login-tfa', this.credentials(await this.secret()));
  }

  /** The first half of a login. */
  logInHalfWay(): Promise<Answer> {
    const form = new URLSearchParams({ username: this.email, password: this.password }).toString();
    return this.line.ask('POST', '/auth/jwt/login', FORM_BODY, form);
  }

  /** Where the first half of a login leads, on a device that has signed in before. */
  async logInOnKnownDevice(): Promise<string | undefined> {
    return this.logIn(this.browser()!.browser!.signedOut());
  }

  /** Opens what signed-in people open. */
  async lookAround() {
    const { browser } = this.browser() ?? {};
    for (const path of browser ? ['/dashboard', '/security', '/sessions', '/activity'] : []) await browser?.copy().get(path);
  }

  /** Compares the server with the ledger; each sentence tells of something lost, revived or half done. */
  async check(): Promise<string[]> {
    const wrong = await this.settle();
    for (const session of this.sessions) if (!(await session.isAlive())) wrong.push('a session was lost');
    for (const session of this.ended) if (await session.isAlive()) wrong.push('an ended session lives');
    if (this.stage === 'new' || this.stage === 'registered') return wrong;
    if (!(await this.opens(this.email, this.password))) wrong.push('the password is lost');
    if (this.formerPassword && await this.opens(this.email, this.formerPassword)) wrong.push('the old password lives');
    if (this.formerEmail && await this.opens(this.formerEmail, this.password)) wrong.push('the old address lives');
    for (const { what, works } of this.spent) if (await works()) wrong.push(`a ${what} worked twice`);
    return wrong;
  }

  /** Finds out what became of an act whose answer was lost. */
  private async settle(): Promise<string[]> {
    this.hasHappened = false;
    if (!this.open) return [];
    const { name, effect } = this.open;
    this.open = undefined;
    const seen = await effect.look?.() ?? [];
    if (new Set(seen).size > 1) return [`half done: ${name} (${seen.join(', ')})`];
    this.hasHappened = seen[0] ?? false;
    if (this.hasHappened) effect.apply();
    return [];
  }

  private async attempt(name: string, effect: Effect, send: () => Promise<Answer>): Promise<Answer> {
    this.open = { name, effect };
    const answer = await send();
    this.open = undefined;
    if (answer.status >= 400) throw new Refused(`${name}: ${answer.status} ${answer.text.slice(0, 200)}`);
    effect.apply(answer);
    this.done[name] = (this.done[name] ?? 0) + 1;
    return answer;
  }

  private register() {
    const send = () => this.post('/auth/register', { email: this.email, password: this.password });
    return this.attempt('register', {
      apply: () => { this.stage = 'registered'; },
      // Whether or not it happened before, it has now; and if it had, it must say so.
      look: async () => [[201, 400].includes((await send()).status)],
    }, send);
  }

  private async verify() {
    const token = await this.token(this.email, 'verify-email');
    const send = () => this.post('/auth/verify', { token });
    await this.attempt('verify', {
      apply: () => { this.stage = 'verified'; this.spend('link', token, send); },
      look: async () => [await this.opens(this.email, this.password)],
    }, send);
  }

  private async enrol() {
    const browser = await this.halfWay('/totp-setup');
    this.phone = new Authenticator((await browser.post('enrolment')).json.key);
    const code = await this.phone.nextCode();
    await this.attempt('enrol', {
      apply: (answer) => { this.stage = 'enrolled'; this.opened(browser, answer); this.spendCode(code); },
      look: async () => [(await this.logIn(new Browser(this.line))) === '/tfa'],
    }, () => browser.post('totp-setup', { code }));
    this.codes = (await browser.post('recovery-sheet')).json.codes;
  }

  private async signIn() {
    const code = await this.secret();
    const browser = await this.halfWay('/tfa');
    await this.attempt('log in', {
      apply: (answer) => { this.opened(browser, answer); this.spendCode(code); },
    }, () => browser.post('tfa', { code }));
  }

  private async signInByApi() {
    const otp = await this.secret();
    await this.attempt('log in by the API', {
      apply: (answer) => {
        const token: string = answer?.json.token;
        const isAlive = async () => (await this.line.ask('GET', '/users/me', bearer(token))).status === 200;
        if (token) this.sessions.push({ token, isAlive });
        this.spendCode(otp);
      },
    }, () => this.postTo(this.line, '/auth/login-tfa', this.credentials(otp)));
  }

  private async changePassword(here: Session) {
    const password = somePassword();
    const code = await this.secret();
    const renewed = here.browser!.copy();
    const fields = { current_password: this.password, password, code };
    const all = this.sessions;
    await this.attempt('change the password', {
      apply: (answer) => { this.setPassword(password, all); this.opened(renewed, answer); this.spendCode(code); },
      look: async () => [
        await this.opens(this.email, password), !(await this.opens(this.email, this.password)), ...await dead(all),
      ],
    }, () => renewed.post('password', fields));
  }

  private async resetPassword() {
    if (!this.isLinkOut) {
      await this.post('/auth/forgot-password', { email: this.email });
      this.isLinkOut = true;
    }
    // Whoever asked twice, for want of an answer, may use the first link before the second comes: that one is
    // dead when it does. One that works is still to come, or is there.
    for (;;) {
      const token = await this.token(this.email, 'reset-password', this.deadLinks);
      if (await this.resetBy(token).catch(refusal) === 'done') return;
      this.deadLinks.add(token);
    }
  }

  private async resetBy(token: string): Promise<'done'> {
    const password = somePassword();
    const all = this.sessions;
    await this.attempt('reset the password', {
      apply: () => {
        this.setPassword(password, all);
        this.deadLinks.add(token);
        this.spend('link', token, () => this.post('/auth/reset-password', { token, password: somePassword() }));
      },
      look: async () => [
        await this.opens(this.email, password), !(await this.opens(this.email, this.password)), ...await dead(all),
      ],
    }, () => this.post('/auth/reset-password', { token, password }));
    return 'done';
  }

  private async endOne(here: Session) {
    const target = this.sessions.find(({ browser }) => browser && browser !== here.browser);
    if (!target) return;
    const list = (await target.browser!.post('sessions')).json.sessions;
    const { name } = list.find((one: { is_this_one: boolean }) => one.is_this_one);
    await this.attempt('end a session', {
      apply: () => this.end([target]), look: () => dead([target]),
    }, () => here.browser!.post('session-end', { name }));
  }

  private async endOthers(here: Session) {
    const others = this.sessions.filter((session) => session !== here);
    await this.attempt('end the other sessions', {
      apply: () => this.end(others), look: () => dead(others),
    }, () => here.browser!.post('sessions-end'));
  }

  private async signOut() {
    const session = this.sessions[Math.floor(Math.random() * this.sessions.length)];
    await this.attempt('log out', {
      apply: () => this.end([session]), look: () => dead([session]),
    }, () => session.browser?.copy().post('logout') ?? this.line.ask('POST', '/auth/jwt/logout', bearer(session.token)));
  }

  private async changeEmail(here: Session) {
    const browser = here.browser!.copy();
    if (!this.nextEmail) {
      const email = someEmail();
      const effect = { apply: () => { this.nextEmail = email; } };
      await this.attempt('ask for another address', effect, () => browser.post('email', { email }));
    }
    const email = this.nextEmail!;
    await browser.get(`/verify-email?token=${await this.token(email, 'verify-email')}`);
    const browsers = this.sessions.filter((session) => session.browser);
    await this.attempt('take another address', {
      apply: (answer) => {
        [this.formerEmail, this.email] = [this.email, email];
        this.forgetLinks();
        this.end(browsers);
        this.opened(browser, answer);
      },
      look: async () => [
        await this.opens(email, this.password), !(await this.opens(this.email, this.password)), ...await dead(browsers),
      ],
    }, () => browser.post('verify-email'));
  }

  private async renewCodes(here: Session) {
    const old = this.codes;
    const sheet = async (): Promise<string[]> => (await here.browser!.post('recovery-sheet')).json?.codes ?? [];
    const before = await sheet();
    await this.attempt('make recovery codes', {
      apply: () => { for (const code of old) this.spendCode(code); this.codes = []; },
      look: async () => (await sheet()).slice(0, 1).map((code) => code !== before[0]),
    }, () => here.browser!.post('recovery-codes-new'));
    this.codes = await sheet();
  }

  private async leave(here: Session) {
    const code = await this.secret();
    const all = this.sessions;
    await this.attempt('leave', {
      apply: () => { this.end(all); this.spendCode(code); this.forgetLinks(); }, look: () => dead(all),
    }, () => here.browser!.copy().post('account-delete', { current_password: this.password, code }));
  }

  /** A code that was not used yet: of the phone where its time has come, else a recovery code. */
  private async secret(): Promise<string> {
    for (; !this.phone!.isReady(); await sleep(20)) {
      if (this.codes.length) return this.codes.pop()!;
      if (this.isCut) throw new Lost('no code: the server was killed');
    }
    return this.phone!.nextCode();
  }

  /** The token of the newest link to `page` that came to `email` and is not one of `dead`, once there is one. */
  private async token(email: string, page: string, dead = new Set<string>()): Promise<string> {
    for (const deadline = Date.now() + MAIL_MS; ; await sleep(5)) {
      const tokens = this.mailbox.links(email, page).map((link) => new URL(link).searchParams.get('token') ?? '');
      const live = tokens.findLast((token) => !dead.has(token));
      if (live !== undefined) return live;
      if (this.isCut) throw new Lost('no mail: the server was killed');
      if (Date.now() > deadline) throw new Refused(`no link to ${page} came that works`);
    }
  }

  private browser(): Session | undefined {
    const browsers = this.sessions.filter((session) => session.browser);
    return browsers[Math.floor(Math.random() * browsers.length)];
  }

  private async halfWay(to: string): Promise<Browser> {
    const browser = new Browser(this.line);
    const where = await this.logIn(browser);
    if (where !== to) throw new Refused(`a login led to ${where} instead of ${to}`);
    return browser;
  }

  private async logIn(browser: Browser): Promise<string | undefined> {
    return (await browser.post('login', { email: this.email, password: this.password, next: '' })).headers.location;
  }

  /** Whether address and password are right. */
  private async opens(username: string, password: string): Promise<boolean> {
    const form = new URLSearchParams({ username, password }).toString();
    const { status, text } = await this.line.ask('POST', '/auth/jwt/login', FORM_BODY, form);
    if (status !== 200 && status !== 400) throw new Error(`a login answered ${status} ${text}`);
    return status === 200;
  }

  private post(path: string, body: object): Promise<Answer> {
    return this.postTo(this.line, path, body);
  }

  private postTo(line: Line, path: string, body: object): Promise<Answer> {
    return line.ask('POST', path, JSON_BODY, JSON.stringify(body));
  }

  private credentials(otp: string) {
    return { username: this.email, password: this.password, otp };
  }

  /** `browser` has a session now, if the answer that brought its cookie came. */
  private opened(browser: Browser, answer?: Answer) {
    if (answer) this.sessions.push({ browser, isAlive: () => browser.isSignedIn() });
  }

  private setPassword(password: string, all: Session[]) {
    [this.formerPassword, this.password] = [this.password, password];
    this.forgetLinks();
    this.end(all);
  }

  /** What was asked for by mail is dead. */
  private forgetLinks() {
    [this.isLinkOut, this.nextEmail] = [false, undefined];
  }

  private end(sessions: Session[]) {
    this.sessions = this.sessions.filter((session) => !sessions.includes(session));
    this.ended = [...this.ended, ...sessions].slice(-LATEST);
  }

  private spendCode(code: string) {
    this.spend('code', code, async () => {
      const browser = await this.halfWay('/tfa');
      return browser.post('tfa', { code });
    });
  }

  private spend(what: Spent['what'], value: string, again: () => Promise<Answer>) {
    const works = async () => (await again()).status < 400;
    this.spent = [...this.spent, { what, value, works }].slice(-LATEST);
  }
}

/** Tells of each session whether it is dead. */
async function dead(sessions: Session[]): Promise<boolean[]> {
  return Promise.all(sessions.map(async (session) => !(await session.isAlive())));
}

/** Lets a refusal pass, and nothing else. */
function refusal(error: unknown): 'refused' {
  if (error instanceof Refused) return 'refused';
  throw error;
}

const bearer = (token = '') => ({ authorization: `Bearer ${token}` });
const somePassword = () => `lantern ${randomUUID()}`;
