// Tokens that others made (JW-01 to JW-09 of the bar).

import { generateKeyPairSync, sign } from 'node:crypto';
import { Api } from './api';
import { expect, test, wait } from './ground';
import { Person } from './people';
import { claimsOf, encode, headerOf, signedByHmac, signedByStranger } from './tokens';

const ME = '/users/me';

async function refuses(api: Api, tokens: Record<string, string>) {
  for (const [name, token] of Object.entries(tokens)) {
    expect((await api.with(token).get(ME)).said, name).toEqual([401, 'Unauthorized']);
    expect((await api.with(token).get('/auth/check-totp')).said, name).toEqual([401, 'Unauthorized']);
  }
}

test('a token is refused if a bit of it was changed', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const token = await bob.accessToken();
  const [header, claims, signature] = token.split('.');
  const changed = (all: object) => `${header}.${encode({ ...claimsOf(token), ...all })}.${signature}`;
  const flipped = Buffer.from(signature, 'base64url');
  flipped[10] ^= 1;
  await refuses(api, {
    signature: `${header}.${claims}.${flipped.toString('base64url')}`,
    'no signature': `${header}.${claims}.`,
    'two parts': `${header}.${claims}`,
    'four parts': `${token}.${signature}`,
    'exp as text': changed({ exp: '9999999999' }),
    'other sub': changed({ sub: '6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77' }),
    'later exp': changed({ exp: 9999999999 }),
    'upper case': token.toUpperCase(),
    padded: `${token}==`,
    'long header': `${encode({ ...headerOf(token), x: 'x'.repeat(4096) })}.${claims}.${signature}`,
  });
  expect((await api.with(token).get(ME)).status).toBe(200);
});

test('the algorithm is ours to choose', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const token = await bob.accessToken();
  const [header, claims] = [headerOf(token), claimsOf(token)];
  const [key] = (await api.get('/.well-known/jwks.json')).json.keys;
  const forged: Record<string, string> = {};
  for (const alg of ['none', 'None', 'NONE', '']) forged[`alg ${alg}`] = `${encode({ ...header, alg })}.${encode(claims)}.`;
  for (const alg of ['HS256', 'EdDSA']) {
    forged[`${alg}, public key as secret`] = signedByHmac({ ...header, alg }, claims, key.x);
    forged[`${alg}, public bytes as secret`] = signedByHmac({ ...header, alg }, claims, Buffer.from(key.x, 'base64url'));
    forged[`${alg}, empty secret`] = signedByHmac({ ...header, alg }, claims, '');
  }
  await refuses(api, forged);
});

test('a key is ours to choose', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const token = await bob.accessToken();
  const [header, claims] = [headerOf(token), claimsOf(token)];
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const own = (more: object) => {
    const text = `${encode({ ...header, ...more })}.${encode(claims)}`;
    return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const forged: Record<string, string> = {
    stranger: signedByStranger(header, claims),
    'jwk in the header': own({ jwk: publicKey.export({ format: 'jwk' }) }),
    'jku in the header': own({ jku: 'http://127.0.0.1:9/jwks.json' }),
    'x5u in the header': own({ x5u: 'http://127.0.0.1:9/' }),
    'x5c in the header': own({ x5c: ['AAAA'] }),
    crit: own({ crit: ['x'], x: 1 }),
    'no kid': own({ kid: undefined }),
  };
  for (const kid of ['', 'x', '../../etc/passwd', "' OR 1=1 --", '\u0000', 'x'.repeat(33), 5, null, {}]) {
    forged[`kid ${kid}`] = own({ kid });
  }
  await refuses(api, forged);
});

test('a token of fastapi-users is none', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const claims = { sub: bob.id, aud: ['fastapi-users:auth'], exp: Math.floor(Date.now() / 1000) + 3600 };
  await refuses(api, {
    SECRET: signedByHmac({ alg: 'HS256', typ: 'JWT' }, claims, 'SECRET'),
    empty: signedByHmac({ alg: 'HS256', typ: 'JWT' }, claims, ''),
  });
});

test('a token of another server is none here', async ({ api, launch }) => {
  const bob = await Person.enrolled(new Api(await launch({ SEKISHO_ACCESS_TOKEN_MINUTES: '1' })));
  await refuses(api, { other: await bob.accessToken() });
});

test('a token is dead when its account is gone, even if the address comes back', async ({ api, root }) => {
  const bob = await Person.enrolled(api);
  const token = await bob.accessToken();
  await root.api.delete(bob.path);
  await api.post('/auth/register', { email: bob.email, password: bob.password });
  await refuses(api, { JWT: token, opaque: bob.api.token ?? '' });
});

test('a recovery code, a code and a one-time token are no bearer tokens', async ({ api }) => {
  const bob = await Person.enrolled(api);
  await refuses(api, { recovery: bob.recoveryCodes[0], code: await bob.phone!.nextCode(), key: bob.phone!.key, id: bob.id });
});

test('a session id in a token opens nothing by itself', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const { sid, jti } = claimsOf(await bob.accessToken());
  await refuses(api, { sid, jti });
});

test('a new key signs what comes and verifies what was, within a second of the rotation', async ({ launch }) => {
  const server = await launch({ SEKISHO_ACCESS_TOKEN_MINUTES: '30' });
  const api = new Api(server);
  const bob = await Person.enrolled(api);
  const before = await bob.accessToken();
  await server.command(['keys', 'rotate']);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const after = await bob.accessToken();
  expect(headerOf(after).kid).not.toBe(headerOf(before).kid);
  for (const token of [before, after]) expect((await api.with(token).get(ME)).status).toBe(200);
  const kids = (await api.get('/.well-known/jwks.json')).json.keys.map((key: any) => key.kid);
  expect(kids.sort()).toEqual([headerOf(before).kid, headerOf(after).kid].sort());
});

test('a token nobody used for 59 minutes still works', async ({ api }) => {
  const bob = await Person.enrolled(api);
  const jwt = api.with(await bob.accessToken());
  await wait(bob, 59 * 60);
  expect((await jwt.get(ME)).status).toBe(200);
});
