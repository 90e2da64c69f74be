// What holds for every route: methods, slashes, who may ask, what is looked at first, how refusals look.

import type { Api, Said } from './api';
import { expect, test } from './ground';
import { PASSWORD, Person, someEmail } from './people';

const NOBODY = '/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];

/** Every path and what it allows. */
const PATHS: Record<string, string[]> = {
  '/auth/jwt/login': ['POST'],
  '/auth/jwt/logout': ['POST'],
  '/auth/register': ['POST'],
  '/auth/forgot-password': ['POST'],
  '/auth/reset-password': ['POST'],
  '/auth/request-verify-token': ['POST'],
  '/auth/verify': ['POST'],
  '/auth/check-totp': ['GET'],
  '/auth/totp-setup': ['GET'],
  '/auth/setup-totp': ['POST'],
  '/auth/login-tfa': ['POST'],
  '/users': ['GET'],
  '/users/me': ['DELETE', 'GET', 'PATCH'],
  [NOBODY]: ['DELETE', 'GET', 'PATCH'],
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** Who is not known is sent away here. */
const CLOSED = [
  ['POST', '/auth/jwt/logout'], ['GET', '/auth/check-totp'], ['GET', '/auth/totp-setup'], ['POST', '/auth/setup-totp'],
  ['GET', '/users/me'], ['PATCH', '/users/me'], ['DELETE', '/users/me'],
  ['GET', '/users'], ['GET', NOBODY], ['PATCH', NOBODY], ['DELETE', NOBODY], ['GET', '/users/nonsense'],
];
/** These read JSON. */
const OPEN_BODIES = [
  ['POST', '/auth/register'], ['POST', '/auth/forgot-password'], ['POST', '/auth/reset-password'],
  ['POST', '/auth/request-verify-token'], ['POST', '/auth/verify'], ['POST', '/auth/login-tfa'],
];
const CLOSED_BODIES = [['POST', '/auth/setup-totp'], ['PATCH', '/users/me'], ['PATCH', NOBODY]];
const BODIES = [...OPEN_BODIES, ...CLOSED_BODIES];

test.describe('Methods and paths', () => {
  for (const [path, allowed] of Object.entries(PATHS)) {
    test(`${path} says 405 and Allow to every other method, HEAD included`, async ({ api }) => {
      for (const method of METHODS.filter((method) => !allowed.includes(method))) {
        const answer = await api.send(method, path);
        expect(answer.status, method).toBe(405);
        expect(answer.headers.allow?.split(', ').sort(), method).toEqual(allowed);
        if (method !== 'HEAD') expect(answer.json, method).toEqual({ detail: 'Method Not Allowed' });
      }
    });

    test(`${path}/ leads by 307 to the path without the slash`, async ({ api, server }) => {
      for (const method of allowed) {
        const answer = await api.send(method, `${path}/?x=1`, { body: '{}' });
        expect(answer.status).toBe(307);
        expect(new URL(answer.headers.location ?? '', server.url).href).toBe(`${server.url}${path}?x=1`);
      }
    });
  }

  for (const path of [
    '/auth', '/auth/', '/auth/nowhere', '/auth/nowhere/', '/auth/jwt', '/users/me/nowhere', '/auth//verify',
  ]) {
    test(`${path} is 404`, async ({ api }) => {
      expect((await api.get(path)).json).toEqual({ detail: 'Not Found' });
      expect((await api.post(path, {})).said).toEqual([404, 'Not Found']);
    });
  }

  test('a slash at the end never leads to another host', async ({ api, server }) => {
    for (const path of ['/users//evil.test/', '//evil.test/users/', '/auth/%2f%2fevil.test/', '/users/\\evil.test/']) {
      const { location } = (await api.get(path)).headers;
      if (location) expect(new URL(location, server.url).origin, path).toBe(server.url);
    }
  });
});

test.describe('Who asks', () => {
  for (const [method, path] of CLOSED) {
    test(`${method} ${path} is 401 without a token, and with a token that is none`, async ({ api }) => {
      for (const token of [undefined, 'x', 'x'.repeat(43), 'a.b.c', 'x'.repeat(5000)]) {
        const answer = await api.with(token).send(method, path, { body: method === 'GET' ? undefined : '' });
        expect(answer.json).toEqual({ detail: 'Unauthorized' });
        expect(answer.status).toBe(401);
      }
    });
  }

  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
    test(`the scheme may be spelled ${scheme}`, async ({ ada }) => {
      const answer = await ada.api.get('/users/me', { headers: { authorization: `${scheme} ${ada.api.token}` } });
      expect(answer.user().email).toBe(ada.email);
    });
  }

  test('any other Authorization is 401', async ({ ada, api }) => {
    const { token } = ada.api;
    const others = [
      '', 'Bearer', 'Bearer ', ' ', 'bearer:', token, `Token ${token}`, `Basic ${token}`, `Bearer${token}`,
      `Bearer "${token}"`, `Bearer ${token} ${token}`, `Bearer ${token}, Bearer ${token}`, `Bearer ${token}=`,
      `Bearer Bearer ${token}`, 'Bearer \xff\xfe', `Basic ${Buffer.from(`${ada.email}:${ada.password}`).toString('base64')}`,
    ];
    for (const authorization of others) {
      expect((await api.get('/users/me', { headers: { authorization } })).said, authorization).toEqual(UNAUTHORIZED);
    }
  });

  test('two Authorization headers are 401', async ({ ada, api }) => {
    const authorization = [`Bearer ${ada.api.token}`, `Bearer ${ada.api.token}`];
    const answer = await api.get('/users/me', { headers: { authorization } as never });
    expect(answer.said).toEqual(UNAUTHORIZED);
  });

  test('a token in the address or in the body is 401', async ({ ada, api }) => {
    const { token } = ada.api;
    for (const name of ['access_token', 'token', 'authorization', 'Authorization']) {
      expect((await api.get(`/users/me?${name}=${token}`)).said).toEqual(UNAUTHORIZED);
      expect((await api.patch('/users/me', { [name]: token })).said).toEqual(UNAUTHORIZED);
    }
  });
});

test.describe('What is looked at first', () => {
  for (const [method, path] of BODIES) {
    test(`${method} ${path}: malformed JSON is 422 before anything else`, async ({ api }) => {
      for (const body of ['{', 'nonsense', '{"email":}', '{"a":1,}', '{"a":1}{}', '{"a":"\\ud800"}', '[', '"']) {
        const [[type, place, position], ...rest] = (await api.text(method, path, body)).mistakes;
        expect([type, place, typeof position], body).toEqual(['json_invalid', 'body', 'number']);
        expect(rest).toEqual([]);
      }
      expect((await api.text(method, path, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))).status).toBe(422);
    });
  }

  for (const [method, path] of OPEN_BODIES) {
    test(`${method} ${path}: a body that is no object, or not said to be JSON, is 422`, async ({ api }) => {
      await refusesOddBodies(api, method, path);
    });
  }

  for (const [method, path] of CLOSED_BODIES) {
    test(`${method} ${path}: 401 comes before what is wrong with the fields`, async ({ api }) => {
      for (const body of ['[]', '{}', '{"email":5,"otp":5,"is_active":"?"}']) {
        expect((await api.text(method, path, body)).said).toEqual(UNAUTHORIZED);
      }
    });
  }

  test('PATCH /users/me: a body that is no object is 422 once it is known who asks', async ({ ada }) => {
    await refusesOddBodies(ada.api, 'PATCH', '/users/me');
  });

  test('POST /auth/setup-totp: a body that is no object is 422 once it is known who asks', async ({ api }) => {
    await refusesOddBodies((await Person.loggedIn(api)).api, 'POST', '/auth/setup-totp');
  });

  test('PATCH /users/{id}: malformed JSON, 401, 403, 404, fields, and then 400', async ({ api, ada, root }) => {
    const flag = '{"is_active":"?"}';
    expect((await ada.api.text('PATCH', NOBODY, '{')).mistakes[0][0]).toBe('json_invalid');
    expect((await api.text('PATCH', NOBODY, flag)).said).toEqual(UNAUTHORIZED);
    expect((await ada.api.text('PATCH', NOBODY, flag)).said).toEqual([403, 'Forbidden']);
    expect((await ada.api.text('PATCH', '/users/nonsense', flag)).said).toEqual([403, 'Forbidden']);
    expect((await root.api.text('PATCH', NOBODY, flag)).said).toEqual([404, 'Not Found']);
    expect((await root.api.text('PATCH', '/users/nonsense', flag)).said).toEqual([404, 'Not Found']);
    expect((await root.api.patch(ada.path, { email: root.email, is_active: '?' })).status).toBe(422);
    expect((await root.api.patch(ada.path, { email: root.email })).status).toBe(400);
    await refusesOddBodies(root.api, 'PATCH', ada.path);
  });

  test('the place of malformed JSON is counted in characters', async ({ api }) => {
    const at = async (body: string) => (await api.text('POST', '/auth/verify', body)).mistakes[0][2];
    expect(await at('{"token": x}')).toBe(10);
    expect(await at('{\n "token": x}')).toBe(12);
    expect(await at('{"関所": x}')).toBe(7);
  });
});

test.describe('Refusals', () => {
  test('a 422 never repeats what was sent', async ({ api, ada, root }) => {
    const canary = 'canary';
    for (const [method, path] of BODIES) {
      for (const value of [canary, [canary], { [canary]: canary }, `${canary}\u0000`]) {
        const names = ['email', 'username', 'password', 'current_password', 'token', 'is_active', 'is_superuser'];
        const body = Object.fromEntries(names.map((name) => [name, value]));
        const [client, where] = whoMay(path, api, ada, root);
        const answer = await client.json(method, where, body);
        expect(answer.text, `${method} ${path}`).not.toContain(canary);
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      const malformed = await api.text(method, path, `{"password": "${canary}", x}`);
      expect(malformed.text).not.toContain(canary);
    }
  });

  test('a login form that is wrong is not repeated either', async ({ api }) => {
    const answer = await api.form('/auth/jwt/login', { grant_type: 'canary', username: '', password: 'canary' });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('canary');
  });

  for (const [method, path] of [...BODIES, ['POST', '/auth/jwt/login'], ['POST', '/auth/jwt/logout']]) {
    test(`${method} ${path} does not take a body of more than 64 KiB`, async ({ api }) => {
      // Not much more: whoever goes on sending after the answer may lose it.
      const answer = await api.json(method, path, { email: 'a'.repeat(64 * 1024), password: 'x' });
      expect(answer.status).toBe(413);
      expect(typeof answer.json.detail).toBe('string');
    });
  }

  test('no odd value is a fault of the server', async ({ api, ada, root }) => {
    const odd = [
      '\u0000', '🏯', -1, 1e308, [[]], {}, '\u202e', '%s%n{}', "'; DROP TABLE accounts; --", 'x\r\nBcc: x@y.test', '',
      'x'.repeat(9000),
    ];
    for (const [method, path] of BODIES) {
      for (const value of odd) {
        const names = ['email', 'username', 'password', 'current_password', 'token', 'otp', 'is_active'];
        const body = Object.fromEntries(names.map((name) => [name, value]));
        const [client, where] = whoMay(path, api, ada, root);
        const { status } = await client.json(method, where, body);
        expect(status, `${method} ${path} ${JSON.stringify(value)}`).toBeLessThan(500);
      }
    }
    expect((await ada.api.get('/users/me')).user().email).toBe(ada.email);
  });
});

test.describe('Addresses', () => {
  test('an address is trimmed, its domain in lower case, its local part as typed', async ({ api }) => {
    const name = someEmail().split('@')[0].toUpperCase();
    const answer = await api.post('/auth/register', { email: `  ${name}@Example.ORG `, password: PASSWORD });
    expect(answer.user(201).email).toBe(`${name}@example.org`);
  });

  test('an address is looked up without case', async ({ ada, api }) => {
    const form = { username: ada.email.toUpperCase(), password: ada.password };
    expect((await api.form('/auth/jwt/login', form)).status).toBe(200);
  });
});

/** Who gets furthest on this path, and to what. */
function whoMay(path: string, api: Api, ada: Person, root: Person): [Api, string] {
  if (path === NOBODY) return [root.api, ada.path];
  return [path.startsWith('/users') || path === '/auth/setup-totp' ? ada.api : api, path];
}

async function refusesOddBodies(api: Api, method: string, path: string) {
  for (const body of ['[]', '1', '"x"', 'true', '[{}]']) {
    expect((await api.text(method, path, body)).mistakes, body).toEqual([['model_attributes_type', 'body']]);
  }
  for (const type of [
    'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', 'json',
  ]) {
    const answer = await api.text(method, path, '{"email":"a@b.test"}', type);
    expect(answer.mistakes, type).toEqual([['model_attributes_type', 'body']]);
  }
  expect((await api.send(method, path, { body: '{}' })).mistakes).toEqual([['model_attributes_type', 'body']]);
  for (const body of ['', 'null']) {
    expect((await api.text(method, path, body)).mistakes, body).toEqual([['missing', 'body']]);
  }
}
