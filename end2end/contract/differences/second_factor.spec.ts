// Where we differ from fastapi-users and the demo, row by row of the contract: the second factor.

import { Api, type Said } from '../api';
import { expect, test, wait } from '../ground';
import { NEW_PASSWORD, PASSWORD, Person, someEmail } from '../people';
import { headerOf } from '../tokens';

const ME = '/users/me';
const NOBODY = '/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];
const OWED: Said = [403, 'SECOND_FACTOR_REQUIRED'];
const ENROLLED: Said = [403, 'TOTP_ALREADY_ENROLLED'];
const FIVE_MINUTES_S = 5 * 60;
const OPTIONAL = { SEKISHO_SECOND_FACTOR: 'optional' };

test.describe('A1: a login that owes a second factor', () => {
  for (const owed of ['a set-up', 'a code']) {
    test(`opens nothing but the second factor and the way out, where ${owed} is owed`, async ({ api }) => {
      const bob = owed === 'a code' ? await Person.enrolled(api) : await Person.registered(api);
      await bob.logIn();
      for (const path of ['/users', '/users/nonsense']) expect((await bob.api.get(path)).said, path).toEqual(OWED);
      for (const path of [ME, NOBODY]) {
        expect((await bob.api.get(path)).said, path).toEqual(OWED);
        expect((await bob.api.patch(path, { password: NEW_PASSWORD })).said, path).toEqual(OWED);
        expect((await bob.api.delete(path)).said, path).toEqual(OWED);
      }
      expect((await bob.api.get('/auth/check-totp')).status).toBe(200);
      expect((await bob.api.post('/auth/jwt/logout')).status).toBe(204);
      expect((await bob.api.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
    });
  }

  test('has an opaque token of 256 bits, another one each time', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const first = bob.api.token;
    await bob.logIn();
    for (const token of [first, bob.api.token]) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token ?? '', 'base64url')).toHaveLength(32);
    }
    expect(bob.api.token).not.toBe(first);
  });

  test('is over after five minutes where a code is owed', async ({ api }) => {
    const bob = await Person.enrolled(api);
    await bob.logIn();
    await wait(bob, FIVE_MINUTES_S);
    expect((await bob.api.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
  });

  test('leaves no token in the database, only its digest', async ({ api, server }) => {
    const bob = await Person.loggedIn(api);
    const contents = await server.database.contents();
    expect(contents).toContain(bob.email);
    expect(contents).not.toContain(bob.api.token);
  });
});

test.describe('A2: where the second factor is optional', () => {
  test('check-totp says that none is required, and the token is an access token', async ({ launch }) => {
    const bob = await Person.loggedIn(new Api(await launch(OPTIONAL)));
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_required: false });
    expect(headerOf(bob.api.token).typ).toBe('at+jwt');
    expect((await bob.api.get(ME)).user().email).toBe(bob.email);
  });

  test('check-totp says that a code is required once one is set up', async ({ launch }) => {
    const bob = await Person.enrolled(new Api(await launch(OPTIONAL)));
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_required: true });
    expect((await bob.api.get(ME)).status, 'the session that set it up lives on').toBe(200);
    await bob.logIn();
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_required: true });
    expect((await bob.api.get(ME)).said).toEqual(OWED);
  });

  test('where it is required, the third answer is never given', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    expect((await bob.api.get('/auth/check-totp')).json).toEqual({ totp_setup_required: true });
  });
});

test.describe('A3: the secret', () => {
  test('is of this login: another login gets another one', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const first = (await bob.takeKey()).key;
    expect((await bob.takeKey()).key).toBe(first);
    await bob.logIn();
    expect((await bob.takeKey()).key).not.toBe(first);
  });

  test('is gone with its login after 30 minutes', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    await bob.takeKey();
    await wait(bob, 30 * 60);
    expect((await bob.api.get('/auth/totp-setup')).said).toEqual(UNAUTHORIZED);
  });

  test('is another one after 30 minutes in a session that goes on', async ({ launch }) => {
    const bob = await Person.loggedIn(new Api(await launch(OPTIONAL)));
    const first = (await bob.takeKey()).key;
    await bob.api.server.database.run(`UPDATE enrolments SET expires_at = expires_at - 1800 WHERE account_id = '${bob.id}'`);
    expect((await bob.takeKey()).key).not.toBe(first);
  });

  test('is shown to nobody any more once it is enrolled', async ({ api }) => {
    const bob = await Person.enrolled(api);
    for (const token of [bob.api.token, await bob.accessToken()]) {
      expect((await api.with(token).get('/auth/totp-setup')).said).toEqual(ENROLLED);
    }
    await bob.logIn();
    expect((await bob.api.get('/auth/totp-setup')).said).toEqual(ENROLLED);
  });
});

test.describe('A4: setting up', () => {
  test('raises this login, whose token opens everything from then on, and answers ten recovery codes', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const { token } = bob.api;
    const phone = await bob.takeKey();
    const answer = await bob.api.post('/auth/setup-totp', { otp: await phone.nextCode() });
    expect(Object.keys(answer.json).sort()).toEqual(['recovery_codes', 'success']);
    expect(new Set(answer.json.recovery_codes).size).toBe(10);
    for (const code of answer.json.recovery_codes) {
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}(-[0-9A-HJKMNP-TV-Z]{6}){3}$/);
    }
    expect((await api.with(token).get(ME)).user().email).toBe(bob.email);
  });

  test('takes a code with spaces', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const code = await (await bob.takeKey()).nextCode();
    const answer = await bob.api.post('/auth/setup-totp', { otp: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
    expect(answer.json.success).toBe(true);
  });

  test('with a wrong code raises nothing', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const phone = await bob.takeKey();
    const answer = await bob.api.post('/auth/setup-totp', { otp: phone.wrongCode() });
    expect(answer.json).toEqual({ success: false, detail: 'Invalid TOTP code' });
    expect((await bob.api.get(ME)).said).toEqual(OWED);
  });

  test('the opaque token that was raised is none of our JWTs', async ({ api }) => {
    const bob = await Person.enrolled(api);
    expect(bob.api.token).toMatch(/^[\w-]{43}$/);
  });
});

test.describe('A5: login-tfa', () => {
  test('takes a code once', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const code = await bob.phone!.nextCode();
    expect((await bob.logInWith(code)).status).toBe(200);
    expect((await bob.logInWith(code)).said).toEqual([400, 'Invalid OTP']);
  });

  test('takes one of ten parallel uses of a code', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const code = await bob.phone!.nextCode();
    const answers = await Promise.all(Array.from({ length: 10 }, () => bob.logInWith(code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(400)]);
  });

  test('does not take the code that set it up', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const code = await (await bob.takeKey()).nextCode();
    expect((await bob.api.post('/auth/setup-totp', { otp: code })).json.success).toBe(true);
    expect((await bob.logInWith(code)).said).toEqual([400, 'Invalid OTP']);
  });

  test('takes a recovery code, once, however it is spelled', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const [one, two, three] = bob.recoveryCodes;
    expect((await bob.logInWith(one)).status).toBe(200);
    expect((await bob.logInWith(one)).said).toEqual([400, 'Invalid OTP']);
    expect((await bob.logInWith(two.toLowerCase())).status).toBe(200);
    expect((await bob.logInWith(` ${three.replaceAll('-', ' ')} `)).status).toBe(200);
  });

  test('ignores spaces', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const code = await bob.phone!.nextCode();
    expect((await bob.logInWith(` ${code.slice(0, 3)} ${code.slice(3)} `)).status).toBe(200);
  });

  test('refuses an account without a second factor by 400', async ({ api }) => {
    const bob = await Person.registered(api);
    expect((await bob.logInWith('123456')).said).toEqual([400, 'Invalid OTP']);
  });

  test('refuses an unknown address by 400', async ({ api }) => {
    const answer = await api.post('/auth/login-tfa', { username: someEmail(), password: PASSWORD, otp: '123456' });
    expect(answer.said).toEqual([400, 'Invalid username or password']);
  });
});

test.describe('A20: setting up twice', () => {
  test('is TOTP_ALREADY_ENROLLED', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const code = await bob.phone!.nextCode();
    const jwt = await bob.accessToken();
    for (const token of [bob.api.token, jwt]) {
      expect((await api.with(token).post('/auth/setup-totp', { otp: code })).said).toEqual(ENROLLED);
    }
    await bob.logIn();
    expect((await bob.api.post('/auth/setup-totp', { otp: code })).said).toEqual(ENROLLED);
    expect((await bob.logInWith(code)).status, 'and the code is not spent').toBe(200);
  });
});
