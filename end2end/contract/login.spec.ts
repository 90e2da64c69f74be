// POST /auth/jwt/login, POST /auth/jwt/logout, POST /auth/login-tfa.

import type { Said } from './api';
import { expect, test } from './ground';
import { PASSWORD, Person, someEmail } from './people';

const BAD: Said = [400, 'LOGIN_BAD_CREDENTIALS'];

test.describe('POST /auth/jwt/login', () => {
  const LOGIN = '/auth/jwt/login';

  test('answers a bearer token and its type to a urlencoded form', async ({ api, ada }) => {
    const answer = await api.form(LOGIN, { username: ada.email, password: ada.password });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ access_token: expect.stringMatching(/^\S+$/), token_type: 'bearer' });
  });

  test('takes multipart too', async ({ api, ada }) => {
    const answer = await api.multipart(LOGIN, { username: ada.email, password: ada.password });
    expect(answer.status, answer.text).toBe(200);
    expect(Object.keys(answer.json)).toEqual(['access_token', 'token_type']);
  });

  for (const grant_type of ['password', '']) {
    test(`takes the grant type "${grant_type}"`, async ({ api, ada }) => {
      const answer = await api.form(LOGIN, { grant_type, username: ada.email, password: ada.password });
      expect(answer.status).toBe(200);
    });
  }

  test('refuses every other grant type', async ({ api, ada }) => {
    for (const grant_type of ['code', 'Password', 'password ', 'client_credentials', 'refresh_token']) {
      const answer = await api.form(LOGIN, { grant_type, username: ada.email, password: ada.password });
      expect(answer.mistakes).toEqual([['string_pattern_mismatch', 'body', 'grant_type']]);
      expect(answer.json.detail[0].ctx).toEqual({ pattern: '^password$' });
    }
  });

  test('ignores scope, client_id, client_secret and fields it does not know', async ({ api, ada }) => {
    const more = { scope: 'users:all', client_id: 'x', client_secret: 'y', otp: '1', id: ada.id };
    expect((await api.form(LOGIN, { username: ada.email, password: ada.password, ...more })).status).toBe(200);
  });

  for (const [title, fields, missing] of [
    ['nothing', {}, ['username', 'password']],
    ['no username', { password: PASSWORD }, ['username']],
    ['no password', { username: 'ada@example.org' }, ['password']],
    ['an empty username', { username: '', password: PASSWORD }, ['username']],
    ['an empty password', { username: 'ada@example.org', password: '' }, ['password']],
  ] as [string, Record<string, string>, string[]][]) {
    test(`is 422 for ${title}`, async ({ api }) => {
      const wanted = missing.map((field) => ['missing', 'body', field]);
      expect((await api.form(LOGIN, fields)).mistakes).toEqual(wanted);
      if (Object.keys(fields).length) expect((await api.multipart(LOGIN, fields)).mistakes).toEqual(wanted);
    });
  }

  test('is 422 for JSON', async ({ api, ada }) => {
    const answer = await api.post(LOGIN, { username: ada.email, password: ada.password });
    expect(answer.mistakes).toEqual([['missing', 'body', 'username'], ['missing', 'body', 'password']]);
  });

  test('is LOGIN_BAD_CREDENTIALS for an unknown address', async ({ api }) => {
    expect((await api.form(LOGIN, { username: someEmail(), password: PASSWORD })).said).toEqual(BAD);
  });

  test('is LOGIN_BAD_CREDENTIALS for a wrong password', async ({ api, ada }) => {
    expect((await api.form(LOGIN, { username: ada.email, password: `${PASSWORD}!` })).said).toEqual(BAD);
  });

  test('is LOGIN_BAD_CREDENTIALS for a disabled account', async ({ api, root }) => {
    const bob = await Person.registered(api);
    expect((await root.api.patch(bob.path, { is_active: false })).user().is_active).toBe(false);
    expect((await api.form(LOGIN, { username: bob.email, password: bob.password })).said).toEqual(BAD);
  });

  test('is LOGIN_BAD_CREDENTIALS for what is no address', async ({ api }) => {
    for (const username of ['ada', '@', 'x'.repeat(5000), '\u0000']) {
      expect((await api.form(LOGIN, { username, password: PASSWORD })).said).toEqual(BAD);
    }
  });

  test('tells an unknown address, a wrong password and a disabled account apart by nothing', async ({ api, ada, root }) => {
    const bob = await Person.registered(api);
    await root.api.patch(bob.path, { is_active: false });
    const answers = await Promise.all([[someEmail(), PASSWORD], [ada.email, 'wrong'], [bob.email, PASSWORD]].map(
      ([username, password]) => api.form(LOGIN, { username, password }),
    ));
    const seen = answers.map(({ status, text, headers }) => JSON.stringify([status, text, Object.keys(headers)]));
    expect(new Set(seen).size).toBe(1);
  });

  test('two passwords that only differ late or by a space are two', async ({ api, ada }) => {
    for (const password of [`${PASSWORD} `, ` ${PASSWORD}`, PASSWORD.toUpperCase()]) {
      expect((await api.form(LOGIN, { username: ada.email, password })).said).toEqual(BAD);
    }
  });
});

test.describe('POST /auth/jwt/logout', () => {
  const LOGOUT = '/auth/jwt/logout';

  test('answers 204 and nothing', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const answer = await bob.api.post(LOGOUT);
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  test('needs no body and ignores one', async ({ api }) => {
    const bob = await Person.enrolled(api);
    expect((await bob.api.post(LOGOUT, { all: true })).status).toBe(204);
  });

  test('is 401 without a token', async ({ api }) => {
    expect((await api.post(LOGOUT)).said).toEqual([401, 'Unauthorized']);
  });

  test('is 401 the second time', async ({ api }) => {
    const bob = await Person.enrolled(api);
    await bob.api.post(LOGOUT);
    expect((await bob.api.post(LOGOUT)).said).toEqual([401, 'Unauthorized']);
  });
});

test.describe('POST /auth/login-tfa', () => {
  const LOGIN = '/auth/login-tfa';
  const NO_CODE: Said = [400, 'Invalid OTP'];

  test('answers a JWT as `token`', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const answer = await bob.logInWith(await bob.phone!.nextCode());
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
    expect((await api.with(answer.json.token).get('/users/me')).user().email).toBe(bob.email);
  });

  test('ignores fields it does not know', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const body = { username: bob.email, password: bob.password, otp: bob.recoveryCodes[0], email: 'x', id: 1 };
    expect((await api.post(LOGIN, body)).status).toBe(200);
  });

  test('says "Invalid username or password" for an unknown address and for a wrong password alike', async ({ api, ada }) => {
    const unknown = await api.post(LOGIN, { username: someEmail(), password: PASSWORD, otp: '123456' });
    const wrong = await api.post(LOGIN, { username: ada.email, password: 'wrong', otp: '123456' });
    expect(unknown.said).toEqual([400, 'Invalid username or password']);
    expect(wrong.text).toBe(unknown.text);
    expect(Object.keys(wrong.headers)).toEqual(Object.keys(unknown.headers));
  });

  test('says "Invalid username or password" for a disabled account', async ({ api, root }) => {
    const bob = await Person.enrolled(api);
    await root.api.patch(bob.path, { is_active: false });
    expect((await bob.logInWith(bob.recoveryCodes[0])).said).toEqual([400, 'Invalid username or password']);
  });

  test('says "Invalid OTP" for a wrong code', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const odd = ['', '0', '1234567', 'abcdef', '１２３４５６', '+12345', 'x'.repeat(5000)];
    for (const otp of [bob.phone!.wrongCode(), ...odd]) {
      expect((await bob.logInWith(otp)).said, otp).toEqual(NO_CODE);
    }
  });

  test('is 422 for each field that is missing', async ({ api }) => {
    const all = ['username', 'password', 'otp'];
    expect((await api.post(LOGIN, {})).mistakes).toEqual(all.map((field) => ['missing', 'body', field]));
    for (const field of all) {
      const body = { username: 'a', password: 'b', otp: 'c', [field]: undefined };
      expect((await api.post(LOGIN, body)).mistakes).toEqual([['missing', 'body', field]]);
    }
  });

  test('is 422 for each field that is no string, a number as code included', async ({ api }) => {
    for (const field of ['username', 'password', 'otp']) {
      for (const value of [123456, null, true, ['x'], {}]) {
        const body = { username: 'a', password: 'b', otp: 'c', [field]: value };
        expect((await api.post(LOGIN, body)).mistakes).toEqual([['string_type', 'body', field]]);
      }
    }
  });
});
