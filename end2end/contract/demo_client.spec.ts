// The demo's React client, request by request, as axios in a page of another origin sends them.

import { Api } from './api';
import { expect, test } from './ground';
import { NEW_PASSWORD, Person, PASSWORD, someEmail } from './people';
import { Authenticator } from '../authenticator';

const ORIGIN = 'http://localhost:3000';

/** What a browser adds to each request of the page. */
class Page {
  private token = '';

  constructor(private readonly api: Api) {}

  /** LoginForm.js: all six fields of OAuth2, then check-totp; returns where the page goes, or what it prints. */
  async logIn(email: string, password: string): Promise<string> {
    const fields = { grant_type: '', username: email, password, scope: '', client_id: '', client_secret: '' };
    const body = new URLSearchParams(fields).toString();
    const answer = await this.send('POST', '/auth/jwt/login', body, 'application/x-www-form-urlencoded');
    if (answer.status !== 200) return answer.json.detail;
    this.token = answer.json.access_token;
    const check = (await this.send('GET', '/auth/check-totp')).json;
    if (check.totp_setup_required) return '/totp-setup';
    return check.totp_required ? '/tfa' : '/dashboard';
  }

  /** RegisterForm.js */
  async register(email: string, password: string): Promise<unknown> {
    const { json } = await this.send('POST', '/auth/register', JSON.stringify({ email, password }), 'application/json');
    return json.is_active ? '/dashboard' : json.detail;
  }

  /** TotpSetup.js, first half: the link for the QR code. */
  async secret(): Promise<string> {
    return (await this.send('GET', '/auth/totp-setup')).json.totp_uri;
  }

  /** TotpSetup.js, second half. */
  async setUp(otp: string): Promise<string> {
    const { json } = await this.send('POST', '/auth/setup-totp', JSON.stringify({ otp }), 'application/json');
    return json.success ? '/dashboard' : json.detail;
  }

  /** TfaForm.js */
  async typeCode(username: string, password: string, otp: string): Promise<string> {
    const body = JSON.stringify({ username, password, otp });
    const { json } = await this.send('POST', '/auth/login-tfa', body, 'application/json');
    this.token = json.token ?? this.token;
    return json.token ? '/dashboard' : json.detail;
  }

  /** Whether the token it holds opens the account. */
  async isIn(): Promise<boolean> {
    return (await this.send('GET', '/users/me')).status === 200;
  }

  private async send(method: string, path: string, body?: string, type?: string) {
    const headers: Record<string, string> = {
      accept: 'application/json, text/plain, */*', origin: ORIGIN, referer: `${ORIGIN}/`,
      'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty',
    };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (type) headers['content-type'] = type;
    const answer = await this.api.send(method, path, { headers, body });
    expect(answer.headers['access-control-allow-origin'], 'else the page may not read it').toBe(ORIGIN);
    return answer;
  }
}

const listed = { SEKISHO_CORS_ORIGINS: ORIGIN };

test('registers, logs in, sets up and opens the dashboard with the token it already had', async ({ launch }) => {
  const [page, email] = [new Page(new Api(await launch(listed))), someEmail()];
  expect(await page.register(email, PASSWORD)).toBe('/dashboard');
  expect(await page.logIn(email, PASSWORD)).toBe('/totp-setup');
  expect(await page.isIn()).toBe(false);
  const phone = new Authenticator(new URL(await page.secret()).searchParams.get('secret') ?? '');
  expect(await page.setUp(phone.wrongCode())).toBe('Invalid TOTP code');
  expect(await page.isIn()).toBe(false);
  expect(await page.setUp(await phone.nextCode())).toBe('/dashboard');
  expect(await page.isIn()).toBe(true);
});

test('logs in the next time with a code', async ({ launch }) => {
  const api = new Api(await launch(listed));
  const [page, bob] = [new Page(api), await Person.enrolled(api)];
  expect(await page.logIn(bob.email, PASSWORD)).toBe('/tfa');
  expect(await page.isIn()).toBe(false);
  expect(await page.typeCode(bob.email, PASSWORD, bob.phone!.wrongCode())).toBe('Invalid OTP');
  expect(await page.typeCode(bob.email, NEW_PASSWORD, await bob.phone!.nextCode())).toBe('Invalid username or password');
  expect(await page.typeCode(bob.email, PASSWORD, bob.recoveryCodes[0])).toBe('/dashboard');
  expect(await page.isIn()).toBe(true);
});

test('prints what went wrong', async ({ launch }) => {
  const [page, email] = [new Page(new Api(await launch(listed))), someEmail()];
  expect(await page.logIn(email, PASSWORD)).toBe('LOGIN_BAD_CREDENTIALS');
  await page.register(email, PASSWORD);
  expect(await page.register(email, PASSWORD)).toBe('REGISTER_USER_ALREADY_EXISTS');
  expect(await page.register(someEmail(), 'short'))
    .toEqual({ code: 'REGISTER_INVALID_PASSWORD', reason: expect.any(String) });
});

test('opens the dashboard at once where the second factor is optional', async ({ launch }) => {
  const page = new Page(new Api(await launch({ ...listed, SEKISHO_SECOND_FACTOR: 'optional' })));
  const email = someEmail();
  expect(await page.register(email, PASSWORD)).toBe('/dashboard');
  expect(await page.logIn(email, PASSWORD)).toBe('/dashboard');
  expect(await page.isIn()).toBe(true);
});

test('asks first whether it may, as browsers do', async ({ launch }) => {
  const api = new Api(await launch(listed));
  const asked = 'authorization,content-type';
  for (const [method, path] of [
    ['GET', '/auth/check-totp'], ['GET', '/auth/totp-setup'], ['POST', '/auth/setup-totp'],
    ['POST', '/auth/login-tfa'], ['POST', '/auth/register'],
  ]) {
    const headers = {
      origin: ORIGIN, 'access-control-request-method': method, 'access-control-request-headers': asked,
    };
    const answer = await api.send('OPTIONS', path, { headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, ORIGIN]);
    expect(answer.headers['access-control-allow-methods']).toContain(method);
  }
});
