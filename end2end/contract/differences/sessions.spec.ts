// Where we differ from fastapi-users and the demo, row by row of the contract: sessions and tokens.

import { Api, type Said } from '../api';
import { expect, test, wait } from '../ground';
import { tokenIn } from '../mail';
import { NEW_PASSWORD, PASSWORD, Person } from '../people';
import { claimsOf, headerOf } from '../tokens';

const ME = '/users/me';
const NOBODY = '/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];
const OWED: Said = [403, 'SECOND_FACTOR_REQUIRED'];
const REAUTH: Said = [403, 'REAUTH_REQUIRED'];
const FIVE_MINUTES_S = 5 * 60;
const OPTIONAL = { SEKISHO_SECOND_FACTOR: 'optional' };

test.describe('A6: a session ends at once', () => {
  const isOver = async (api: Api) => {
    expect((await api.get(ME)).said).toEqual(UNAUTHORIZED);
    expect((await api.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
  };

  test('by logging out, and no other one with it', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const [one, other] = [api.with(await bob.accessToken()), api.with(await bob.accessToken())];
    expect((await one.post('/auth/jwt/logout')).status).toBe(204);
    await isOver(one);
    for (const client of [other, bob.api]) expect((await client.get(ME)).status).toBe(200);
    await bob.api.post('/auth/jwt/logout');
    await isOver(bob.api);
  });

  test('by a disabled account, for good: it is over when the account is enabled again', async ({ api, root }) => {
    const bob = await Person.enrolled(api);
    const jwt = api.with(await bob.accessToken());
    for (const is_active of [false, true]) {
      await root.api.patch(bob.path, { is_active });
      await isOver(jwt);
      await isOver(bob.api);
    }
  });

  test('by a password that was reset', async ({ api, server }) => {
    const bob = await Person.enrolled(api);
    const jwt = api.with(await bob.accessToken());
    await api.post('/auth/forgot-password', { email: bob.email });
    const token = await tokenIn(server, bob.email, 'reset-password');
    expect((await api.post('/auth/reset-password', { token, password: NEW_PASSWORD })).status).toBe(200);
    await isOver(jwt);
    await isOver(bob.api);
  });

  test('by a second factor that was set up elsewhere', async ({ launch }) => {
    const bob = await Person.loggedIn(new Api(await launch(OPTIONAL)));
    const before = bob.api;
    await bob.logIn();
    await bob.enrol();
    await isOver(before);
  });

  test('by a second factor that the operator took away', async ({ api, server }) => {
    const bob = await Person.enrolled(api);
    const jwt = api.with(await bob.accessToken());
    await server.command(['account', 'reset-second-factor', bob.email]);
    await isOver(jwt);
    await isOver(bob.api);
  });

  test('by the operator who disables the account', async ({ api, server }) => {
    const bob = await Person.enrolled(api);
    await server.command(['account', 'disable', bob.email]);
    await isOver(bob.api);
  });
});

test.describe('A7: changing password or address', () => {
  for (const body of [{ password: NEW_PASSWORD }, { email: 'new@example.org' }]) {
    test(`is REAUTH_REQUIRED for ${Object.keys(body)} when the login is older than five minutes`, async ({ api }) => {
      const bob = await Person.enrolled(api);
      await wait(bob, FIVE_MINUTES_S + 1);
      expect((await bob.api.patch(ME, body)).said).toEqual(REAUTH);
      expect((await bob.api.patch(ME, { ...body, current_password: 'wrong' })).said).toEqual(REAUTH);
      expect((await bob.api.patch(ME, { ...body, current_password: null })).said).toEqual(REAUTH);
      expect((await bob.api.get(ME)).user().email).toBe(bob.email);
      await bob.logIn();
    });
  }

  test('needs the current password then, and nothing in a fresh login', async ({ api }) => {
    const bob = await Person.enrolled(api);
    expect((await bob.api.patch(ME, { password: NEW_PASSWORD })).status).toBe(200);
    await wait(bob, FIVE_MINUTES_S + 1);
    const body = { password: PASSWORD, current_password: NEW_PASSWORD };
    expect((await bob.api.patch(ME, body)).user().email).toBe(bob.email);
    await bob.logIn();
  });

  test('is not asked for where nothing changes', async ({ api }) => {
    const bob = await Person.enrolled(api);
    await wait(bob, FIVE_MINUTES_S + 1);
    for (const body of [{}, { password: null }, { is_active: false }, { email: bob.email }]) {
      expect((await bob.api.patch(ME, body)).status).toBe(200);
    }
  });

  test('a current password that is no string is 422', async ({ ada }) => {
    expect((await ada.api.patch(ME, { password: NEW_PASSWORD, current_password: 5 })).mistakes)
      .toEqual([['string_type', 'body', 'current_password']]);
  });
});

test.describe('A15: an access token', () => {
  test('is signed by EdDSA and says who, for whom, which session and how long: 60 minutes', async ({ server, launch }) => {
    for (const ground of [server, await launch({ SEKISHO_ACCESS_TOKEN_MINUTES: '1' })]) {
      const bob = await Person.enrolled(new Api(ground));
      const token = await bob.accessToken();
      expect(headerOf(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.stringMatching(/^[\w-]{1,32}$/) });
      const { iat, nbf, exp, sid, jti, ...claims } = claimsOf(token);
      expect(claims).toEqual({ iss: ground.url, aud: ground.url, sub: bob.id });
      expect(exp - iat).toBe(ground === server ? 60 * 60 : 60);
      expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(5);
      expect(nbf).toBe(iat);
      for (const name of [sid, jti]) expect(name).toMatch(/^\S{16,}$/);
    }
  });

  test('names another session and has another id each time', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const [one, other] = [claimsOf(await bob.accessToken()), claimsOf(await bob.accessToken())];
    expect([one.sid === other.sid, one.jti === other.jti]).toEqual([false, false]);
  });

  test('is over with its session', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const jwt = api.with(await bob.accessToken());
    await wait(bob, 60 * 60);
    expect((await jwt.get(ME)).said).toEqual(UNAUTHORIZED);
  });
});

test.describe('A21: superusers', () => {
  const WRITES: [string, string][] = [['PATCH', NOBODY], ['DELETE', NOBODY]];

  test('need a second factor of their own where one is required', async ({ server }) => {
    const root = await Person.superuser(server, { withPhone: false });
    for (const path of ['/users', NOBODY]) expect((await root.api.get(path)).said).toEqual(OWED);
    for (const [method, path] of WRITES) expect((await root.api.json(method, path, {})).said).toEqual(OWED);
  });

  test('need it where they enrolled one, and pass without where none is required', async ({ launch }) => {
    const root = await Person.superuser(await launch(OPTIONAL), { withPhone: false });
    expect((await root.api.get('/users')).status).toBe(200);
    await root.enrol();
    expect((await root.api.get('/users')).status).toBe(200);
    await root.logIn();
    expect((await root.api.get('/users')).said).toEqual(OWED);
    expect((await root.api.with(await root.accessToken()).get('/users')).status).toBe(200);
  });

  test('need a login not older than five minutes to write, not to read', async ({ api, server }) => {
    const [root, bob] = [await Person.superuser(server), await Person.registered(api)];
    await wait(root, FIVE_MINUTES_S + 1);
    expect((await root.api.patch(bob.path, { is_verified: true })).said).toEqual(REAUTH);
    expect((await root.api.delete(bob.path)).said).toEqual(REAUTH);
    expect((await root.api.get(bob.path)).user().is_verified).toBe(false);
    expect((await root.api.get('/users')).status).toBe(200);
    const fresh = api.with(await root.accessToken());
    expect((await fresh.patch(bob.path, { is_verified: true })).user().is_verified).toBe(true);
    expect((await fresh.delete(bob.path)).status).toBe(204);
  });

  test('lose their rights at once', async ({ api, server, root }) => {
    const second = await Person.superuser(server);
    await root.api.patch(second.path, { is_superuser: false });
    expect([401, 403]).toContain((await second.api.get('/users')).status);
    expect((await api.with(await second.accessToken()).get('/users')).said).toEqual([403, 'Forbidden']);
  });
});

test.describe('A22: a new password of one’s own', () => {
  test('leaves the calling token alive and kills all others', async ({ api }) => {
    const bob = await Person.enrolled(api);
    const [calling, other] = [api.with(await bob.accessToken()), api.with(await bob.accessToken())];
    await bob.logIn();
    const pending = bob.api;
    expect((await calling.patch(ME, { password: NEW_PASSWORD })).status).toBe(200);
    expect((await calling.get(ME)).user().email).toBe(bob.email);
    for (const dead of [other, pending]) expect((await dead.get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
  });
});

test.describe('A23: cookies', () => {
  test('are never read', async ({ ada, api }) => {
    const { token } = ada.api;
    const jwt = await (await Person.enrolled(api)).accessToken();
    for (const name of ['fastapiusersauth', '__Host-session', '__Host-mfa', 'session', 'access_token', 'Authorization']) {
      for (const value of [token, jwt, `Bearer ${token}`]) {
        expect((await api.get(ME, { headers: { cookie: `${name}=${value}` } })).said, name).toEqual(UNAUTHORIZED);
      }
    }
  });

  test('of a browser that is signed in open nothing here, and its token is none', async ({ launch }) => {
    const api = new Api(await launch(OPTIONAL));
    const bob = await Person.registered(api);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded', accept: 'text/html',
      origin: api.server.url, 'sec-fetch-site': 'same-origin',
    };
    const body = new URLSearchParams({ email: bob.email, password: bob.password, next: '' }).toString();
    const answer = await api.send('POST', '/fn/login', { headers, body });
    const cookies = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]);
    const session = cookies.find((cookie) => cookie.startsWith('__Host-session='));
    expect(session, answer.text.slice(0, 200)).toBeTruthy();
    expect((await api.get(ME, { headers: { cookie: cookies.join('; ') } })).said).toEqual(UNAUTHORIZED);
    expect((await api.with(session?.split('=')[1]).get(ME)).said).toEqual(UNAUTHORIZED);
  });
});
