// GET /auth/check-totp, GET /auth/totp-setup, POST /auth/setup-totp.

import type { Said } from './api';
import { expect, test } from './ground';
import { Person } from './people';

const UNAUTHORIZED: Said = [401, 'Unauthorized'];

test.describe('GET /auth/check-totp', () => {
  test('says that a set-up is owed, and no secret', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const answer = await bob.api.get('/auth/check-totp');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ totp_setup_required: true });
  });

  test('says that a code is owed, and goes on saying that one was asked', async ({ api }) => {
    const bob = await Person.enrolled(api);
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_required: true });
    await bob.logIn();
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_required: true });
    expect((await api.with(await bob.accessToken()).get('/auth/check-totp')).json).toEqual({ totp_required: true });
  });

  test('is 401 without a token, and once the account is disabled', async ({ api, root }) => {
    expect((await api.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
    const bob = await Person.loggedIn(api);
    await root.api.patch(bob.path, { is_active: false });
    expect((await bob.api.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
  });
});

test.describe('GET /auth/totp-setup', () => {
  test('answers a link as authenticator apps and the demo read it', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const answer = await bob.api.get('/auth/totp-setup');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json)).toEqual(['totp_uri']);
    const address = bob.email.replace('@', '%40');
    expect(answer.json.totp_uri).toMatch(new RegExp(`^otpauth://totp/(\\w+):${address}\\?secret=[A-Z2-7]{32}&issuer=\\1$`));
  });

  test('answers the same secret again', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const first = (await bob.api.get('/auth/totp-setup')).json;
    expect((await bob.api.get('/auth/totp-setup')).json).toEqual(first);
  });

  test('is 401 without a token', async ({ api }) => {
    expect((await api.get('/auth/totp-setup')).said).toEqual(UNAUTHORIZED);
  });
});

test.describe('POST /auth/setup-totp', () => {
  const SET_UP = '/auth/setup-totp';

  test('answers success to a right code', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const phone = await bob.takeKey();
    const answer = await bob.api.post(SET_UP, { otp: await phone.nextCode(), secret: 'ignored' });
    expect([answer.status, answer.json.success]).toEqual([200, true]);
  });

  test('answers 200 and no success to a wrong code, which changes nothing', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const phone = await bob.takeKey();
    for (const otp of [phone.wrongCode(), '', '12345', '1234567', 'abcdef', '１２３４５６', 'x'.repeat(5000)]) {
      const answer = await bob.api.post(SET_UP, { otp });
      expect(answer.status, otp).toBe(200);
      expect(answer.json, otp).toEqual({ success: false, detail: 'Invalid TOTP code' });
    }
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_setup_required: true });
  });

  test('is no fault of the server before a secret was asked for', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const answer = await bob.api.post(SET_UP, { otp: '123456' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ success: false, detail: 'Invalid TOTP code' });
  });

  test('is 401 without a token', async ({ api }) => {
    expect((await api.post(SET_UP, { otp: '123456' })).said).toEqual(UNAUTHORIZED);
  });

  test('is 422 without a code, and for a number', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    expect((await bob.api.post(SET_UP, {})).mistakes).toEqual([['missing', 'body', 'otp']]);
    for (const otp of [123456, null, true, ['123456']]) {
      expect((await bob.api.post(SET_UP, { otp })).mistakes).toEqual([['string_type', 'body', 'otp']]);
    }
  });
});
