// POST /auth/forgot-password, reset-password, request-verify-token, verify.

import type { Api, Said } from './api';
import { expect, test, wait } from './ground';
import { linksTo, tokenIn } from './mail';
import { NEW_PASSWORD, PASSWORD, Person, someEmail } from './people';

const FORGOT = '/auth/forgot-password';
const RESET = '/auth/reset-password';
const ASK = '/auth/request-verify-token';
const VERIFY = '/auth/verify';
const BAD_RESET: Said = [400, 'RESET_PASSWORD_BAD_TOKEN'];
const BAD_VERIFY: Said = [400, 'VERIFY_USER_BAD_TOKEN'];

for (const path of [FORGOT, ASK]) {
  test.describe(`POST ${path}`, () => {
    test('answers 202 and null, whether there is an account or not', async ({ api, ada, root }) => {
      const disabled = await Person.registered(api);
      await root.api.patch(disabled.path, { is_active: false });
      const answers = [];
      for (const email of [ada.email, ada.email.toUpperCase(), someEmail(), disabled.email, root.email]) {
        const answer = await api.post(path, { email });
        expect([answer.status, answer.text]).toEqual([202, 'null']);
        answers.push(JSON.stringify(Object.keys(answer.headers)));
      }
      expect(new Set(answers).size).toBe(1);
    });

    test('writes to nobody but the owner of an active account', async ({ api, server, root }) => {
      const [disabled, unknown] = [await Person.registered(api), someEmail()];
      await root.api.patch(disabled.path, { is_active: false });
      const page = path === FORGOT ? 'reset-password' : 'verify-email';
      const owner = await Person.registered(api);
      for (const { email } of [disabled, { email: unknown }, owner]) await api.post(path, { email });
      await tokenIn(server, owner.email, page); // who asked before has been answered, or is not going to be
      expect(await linksTo(server, disabled.email, page)).toBe(0);
      expect(await linksTo(server, unknown, page)).toBe(0);
    });

    test('ignores fields it does not know', async ({ api }) => {
      expect((await api.post(path, { email: someEmail(), to: 'eve@example.org' })).status).toBe(202);
    });

    test('is 422 without an address, and for what is none', async ({ api }) => {
      expect((await api.post(path, {})).mistakes).toEqual([['missing', 'body', 'email']]);
      expect((await api.post(path, { email: 'bob' })).mistakes).toEqual([['value_error', 'body', 'email']]);
      for (const email of [null, 5, ['bob@example.org']]) {
        expect((await api.post(path, { email })).mistakes).toEqual([['string_type', 'body', 'email']]);
      }
    });
  });
}

test.describe(`POST ${RESET}`, () => {
  test('answers 200 and null, and the new password is the password', async ({ api }) => {
    const { bob, token } = await forgetful(api);
    const answer = await api.post(RESET, { token, password: NEW_PASSWORD, email: 'ignored' });
    expect([answer.status, answer.text]).toEqual([200, 'null']);
    expect((await api.form('/auth/jwt/login', { username: bob.email, password: PASSWORD })).status).toBe(400);
    bob.password = NEW_PASSWORD;
    await bob.logIn();
  });

  test('is RESET_PASSWORD_BAD_TOKEN for what is no token', async ({ api }) => {
    for (const token of ['', 'x', 'x'.repeat(43), 'a.b.c', '\u0000', 'x'.repeat(5000)]) {
      expect((await api.post(RESET, { token, password: NEW_PASSWORD })).said).toEqual(BAD_RESET);
    }
  });

  test('is RESET_PASSWORD_BAD_TOKEN for a used token', async ({ api }) => {
    const { token } = await forgetful(api);
    expect((await api.post(RESET, { token, password: NEW_PASSWORD })).status).toBe(200);
    expect((await api.post(RESET, { token, password: PASSWORD })).said).toEqual(BAD_RESET);
  });

  test('is RESET_PASSWORD_BAD_TOKEN for a token that is over', async ({ api }) => {
    const { bob, token } = await forgetful(api);
    await wait(bob, 60 * 60);
    expect((await api.post(RESET, { token, password: NEW_PASSWORD })).said).toEqual(BAD_RESET);
  });

  test('is RESET_PASSWORD_BAD_TOKEN when the account is gone', async ({ api, root }) => {
    const { bob, token } = await forgetful(api);
    expect((await root.api.delete(bob.path)).status).toBe(204);
    expect((await api.post(RESET, { token, password: NEW_PASSWORD })).said).toEqual(BAD_RESET);
  });

  test('is RESET_PASSWORD_BAD_TOKEN when the account is disabled', async ({ api, root }) => {
    const { bob, token } = await forgetful(api);
    await root.api.patch(bob.path, { is_active: false });
    expect((await api.post(RESET, { token, password: NEW_PASSWORD })).said).toEqual(BAD_RESET);
  });

  test('is RESET_PASSWORD_INVALID_PASSWORD with a reason, and the token stays usable', async ({ api }) => {
    const { token } = await forgetful(api);
    for (const password of ['', 'short', 'password123', 'x'.repeat(257)]) {
      const answer = await api.post(RESET, { token, password });
      expect(answer.status).toBe(400);
      const detail = { code: 'RESET_PASSWORD_INVALID_PASSWORD', reason: expect.stringMatching(/\w/) };
      expect(answer.json).toEqual({ detail });
    }
    expect((await api.post(RESET, { token, password: NEW_PASSWORD })).status).toBe(200);
  });

  test('is 422 for fields that are missing or no strings', async ({ api }) => {
    expect((await api.post(RESET, {})).mistakes).toEqual([['missing', 'body', 'token'], ['missing', 'body', 'password']]);
    expect((await api.post(RESET, { token: 'x' })).mistakes).toEqual([['missing', 'body', 'password']]);
    expect((await api.post(RESET, { password: 'x' })).mistakes).toEqual([['missing', 'body', 'token']]);
    for (const field of ['token', 'password']) {
      for (const value of [null, 5, {}]) {
        const answer = await api.post(RESET, { token: 'x', password: 'x', [field]: value });
        expect(answer.mistakes).toEqual([['string_type', 'body', field]]);
      }
    }
  });
});

test.describe(`POST ${VERIFY}`, () => {
  test('answers 200 and the account, verified', async ({ api }) => {
    const { bob, token } = await unverified(api);
    const user = (await api.post(VERIFY, { token, email: 'ignored' })).user();
    expect([user.id, user.email, user.is_verified]).toEqual([bob.id, bob.email, true]);
  });

  test('verifies a disabled account too, which stays disabled', async ({ api, root }) => {
    const { bob, token } = await unverified(api);
    await root.api.patch(bob.path, { is_active: false });
    const user = (await api.post(VERIFY, { token })).user();
    expect([user.is_active, user.is_verified]).toEqual([false, true]);
  });

  test('is VERIFY_USER_BAD_TOKEN for what is no token', async ({ api }) => {
    for (const token of ['', 'x', 'x'.repeat(43), 'a.b.c', '\u0000']) {
      expect((await api.post(VERIFY, { token })).said).toEqual(BAD_VERIFY);
    }
  });

  test('is VERIFY_USER_BAD_TOKEN for a token that is over', async ({ api }) => {
    const { bob, token } = await unverified(api);
    await wait(bob, 24 * 60 * 60);
    expect((await api.post(VERIFY, { token })).said).toEqual(BAD_VERIFY);
  });

  test('is VERIFY_USER_BAD_TOKEN when the address was changed since', async ({ api, server, profile }) => {
    const bob = await Person.enrolled(api);
    await api.post(ASK, { email: bob.email });
    const token = await tokenIn(server, bob.email, 'verify-email');
    const email = someEmail();
    expect((await bob.api.patch('/users/me', { email })).status).toBe(200);
    if (profile === 'strict') await api.post(VERIFY, { token: await tokenIn(server, email, 'verify-email') });
    expect((await bob.api.get('/users/me')).user().email).toBe(email);
    expect((await api.post(VERIFY, { token })).said).toEqual(BAD_VERIFY);
  });

  test('is VERIFY_USER_ALREADY_VERIFIED for another live token of a verified account', async ({ api, server }) => {
    const { bob, token } = await unverified(api);
    await api.post(ASK, { email: bob.email });
    const other = await tokenIn(server, bob.email, 'verify-email', 2);
    expect((await api.post(VERIFY, { token })).status).toBe(200);
    expect((await api.post(VERIFY, { token: other })).said).toEqual([400, 'VERIFY_USER_ALREADY_VERIFIED']);
  });

  test('is 422 without a token, and for one that is no string', async ({ api }) => {
    expect((await api.post(VERIFY, {})).mistakes).toEqual([['missing', 'body', 'token']]);
    for (const token of [null, 5, ['x']]) {
      expect((await api.post(VERIFY, { token })).mistakes).toEqual([['string_type', 'body', 'token']]);
    }
  });
});

/** Somebody who has a link to set a new password. */
async function forgetful(api: Api) {
  const bob = await Person.registered(api);
  await api.post(FORGOT, { email: bob.email });
  return { bob, token: await tokenIn(api.server, bob.email, 'reset-password') };
}

/** Somebody who has a link to confirm the address. */
async function unverified(api: Api) {
  const bob = await Person.registered(api);
  await api.post(ASK, { email: bob.email });
  return { bob, token: await tokenIn(api.server, bob.email, 'verify-email') };
}
