// People who use the API.

import { expect } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { Authenticator } from '../authenticator';
import type { Server } from '../server';
import { Api, type Answer } from './api';

export const PASSWORD = 'nine gates on the old road';
export const NEW_PASSWORD = 'eight lanterns by the river';

/** An address that nobody has. */
export const someEmail = () => `${randomUUID()}@example.org`;

export class Person {
  readonly email = someEmail();
  password = PASSWORD;
  id = '';
  phone?: Authenticator;
  recoveryCodes: string[] = [];
  /** With the token of the latest login. */
  api: Api;

  private constructor(api: Api) {
    this.api = api.with();
  }

  /** Has an account. */
  static async registered(api: Api): Promise<Person> {
    const person = new Person(api);
    const answer = await person.api.post('/auth/register', { email: person.email, password: person.password });
    person.id = answer.user(201).id;
    return person;
  }

  /** Has logged in by the password: pending where a second factor is required. */
  static async loggedIn(api: Api): Promise<Person> {
    const person = await Person.registered(api);
    await person.logIn();
    return person;
  }

  /** Has set up the second factor in the first login, whose opaque token goes on working. */
  static async enrolled(api: Api): Promise<Person> {
    const person = await Person.loggedIn(api);
    await person.enrol();
    return person;
  }

  /** Made by the operator; the first login sets up the second factor unless told not to. */
  static async superuser(server: Server, { withPhone } = { withPhone: true }): Promise<Person> {
    const person = new Person(new Api(server));
    await server.command(['admin', 'create', person.email], `${person.password}\n`);
    await person.logIn();
    if (!withPhone) return person;
    await person.enrol();
    person.id = (await person.api.get('/users/me')).user().id;
    return person;
  }

  get path(): string {
    return `/users/${this.id}`;
  }

  /** Address and password. */
  async logIn(): Promise<Answer> {
    const answer = await this.api.form('/auth/jwt/login', { username: this.email, password: this.password });
    expect(answer.status, answer.text).toBe(200);
    this.api = this.api.with(answer.json.access_token);
    return answer;
  }

  /** Address, password and a recovery code, for a code of the phone may have to wait for its time; keeps no token. */
  async accessToken(): Promise<string> {
    const answer = await this.logInWith(this.recoveryCodes.pop() ?? '');
    expect(answer.status, answer.text).toBe(200);
    return answer.json.token;
  }

  logInWith(otp: string): Promise<Answer> {
    return this.api.with().post('/auth/login-tfa', { username: this.email, password: this.password, otp });
  }

  async takeKey(): Promise<Authenticator> {
    const answer = await this.api.get('/auth/totp-setup');
    expect(answer.status, answer.text).toBe(200);
    this.phone = new Authenticator(new URL(answer.json.totp_uri).searchParams.get('secret') ?? '');
    return this.phone;
  }

  async enrol() {
    const phone = await this.takeKey();
    const answer = await this.api.post('/auth/setup-totp', { otp: await phone.nextCode() });
    expect(answer.json.success, answer.text).toBe(true);
    this.recoveryCodes = answer.json.recovery_codes;
  }
}
