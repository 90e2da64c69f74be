// What we add to fastapi-users and the demo.

import { freePort } from '../server';
import { Api } from './api';
import { expect, test } from './ground';
import { Person } from './people';

test.describe('GET /.well-known/jwks.json', () => {
  test('shows the public half of Ed25519 keys, and nothing else of them', async ({ api }) => {
    const answer = await api.get('/.well-known/jwks.json');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(Object.keys(answer.json)).toEqual(['keys']);
    expect(answer.json.keys.length).toBeGreaterThan(0);
    for (const { kid, x, ...rest } of answer.json.keys) {
      expect(rest).toEqual({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' });
      expect(kid).toMatch(/^[\w-]{1,32}$/);
      expect(Buffer.from(x, 'base64url')).toHaveLength(32);
    }
  });

  test('may be kept for a while', async ({ api }) => {
    expect((await api.get('/.well-known/jwks.json')).headers['cache-control']).toMatch(/^public, max-age=\d+$/);
  });
});

test.describe('GET /.well-known/change-password', () => {
  test('leads to a page of ours by 302', async ({ api, server }) => {
    const answer = await api.get('/.well-known/change-password');
    expect(answer.status).toBe(302);
    expect(new URL(answer.headers.location ?? '', server.url).origin).toBe(server.url);
  });
});

test.describe('Health', () => {
  for (const path of ['/healthz', '/readyz']) {
    test(`${path} is 200 and told to everybody, whatever Host is asked`, async ({ api }) => {
      expect((await api.get(path)).status).toBe(200);
      expect((await api.get(path, { headers: { host: '10.0.0.1' } })).status).toBe(200);
    });
  }
});

test.describe('GET /metrics', () => {
  test('is not there unless it is asked for', async ({ api }) => {
    expect((await api.get('/metrics')).status).toBe(404);
  });

  test('is Prometheus text at its own address', async ({ launch }) => {
    const listen = `127.0.0.1:${await freePort()}`;
    await launch({ SEKISHO_METRICS_LISTEN: listen });
    const answer = await fetch(`http://${listen}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^# (HELP|TYPE) /m);
  });
});

test.describe('GET /users', () => {
  test('answers accounts and how many there are', async ({ root, ada }) => {
    const answer = await root.api.get('/users');
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json).sort()).toEqual(['items', 'total']);
    expect(answer.json.total).toBeGreaterThanOrEqual(2);
    expect(answer.json.items.length).toBeLessThanOrEqual(50);
    const found = await root.api.get(`/users?email=${encodeURIComponent(ada.email)}`);
    expect(found.json).toEqual({ items: [(await ada.api.get('/users/me')).json], total: 1 });
  });

  test('finds a part of an address in any case, and no letter is a joker', async ({ root, ada }) => {
    const total = async (email: string) => (await root.api.get(`/users?email=${encodeURIComponent(email)}`)).json.total;
    expect(await total(ada.email.slice(2, 20).toUpperCase())).toBe(1);
    for (const part of [`${ada.email.slice(0, 8)}%`, ada.email.replace('-', '_'), "' OR 1=1 --", '\u0000%', '\\']) {
      expect(await total(part), part).toBe(0);
    }
    expect(await total('')).toBeGreaterThan(1);
  });

  test('goes from page to page in one order', async ({ root, api }) => {
    for (let count = 0; count < 3; count += 1) await Person.registered(api);
    const { items, total } = (await root.api.get('/users?limit=100')).json;
    const paged = [];
    for (let offset = 0; offset < Math.min(total, 100); offset += 2) {
      paged.push(...(await root.api.get(`/users?limit=2&offset=${offset}`)).json.items);
    }
    expect(paged.slice(0, items.length)).toEqual(items);
    expect((await root.api.get('/users?limit=1')).json.items).toHaveLength(1);
    expect((await root.api.get(`/users?offset=${total}`)).json).toEqual({ items: [], total });
  });

  for (const query of [
    'limit=0', 'limit=101', 'limit=-1', 'limit=x', 'limit=', 'limit=1e1', 'limit=1.0', 'limit=9223372036854775808',
    'offset=-1', 'offset=x', 'offset=9223372036854775808',
  ]) {
    test(`is 422 for ${query}`, async ({ root }) => {
      const [[, ...place], ...rest] = (await root.api.get(`/users?${query}`)).mistakes;
      expect([place, rest]).toEqual([['query', query.split('=')[0]], []]);
    });
  }

  test('takes a limit of 1 and of 100', async ({ root }) => {
    for (const limit of [1, 100]) expect((await root.api.get(`/users?limit=${limit}&offset=0`)).status).toBe(200);
  });

  test('is 401 and 403 for everybody else, before the query is looked at', async ({ api, ada }) => {
    expect((await api.get('/users?limit=0')).said).toEqual([401, 'Unauthorized']);
    expect((await ada.api.get('/users?limit=0')).said).toEqual([403, 'Forbidden']);
  });
});

test.describe('GET /openapi.json', () => {
  test('is OpenAPI 3.1', async ({ api }) => {
    const answer = await api.get('/openapi.json');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.json.openapi).toMatch(/^3\.1\./);
  });

  test('describes every route of the contract with its answers', async ({ api }) => {
    const described: Record<string, any> = (await api.get('/openapi.json')).json.paths;
    for (const [route, statuses] of Object.entries({
      'post /auth/jwt/login': [200, 400, 422], 'post /auth/jwt/logout': [204, 401, 403],
      'post /auth/register': [201, 400, 422], 'post /auth/forgot-password': [202, 422],
      'post /auth/reset-password': [200, 400, 422], 'post /auth/request-verify-token': [202, 422],
      'post /auth/verify': [200, 400, 422], 'get /users/me': [200, 401, 403], 'patch /users/me': [200, 400, 401, 403, 422],
      'get /users/{id}': [200, 401, 403, 404], 'patch /users/{id}': [200, 400, 401, 403, 404, 422],
      'delete /users/{id}': [204, 401, 403, 404], 'get /users': [200, 401, 403, 422],
      'get /auth/check-totp': [200, 401], 'get /auth/totp-setup': [200, 401, 403],
      'post /auth/setup-totp': [200, 401, 403, 422], 'post /auth/login-tfa': [200, 400, 422],
      'get /.well-known/jwks.json': [200],
    })) {
      const [method, path] = route.split(' ');
      const answers = Object.keys(described[path]?.[method]?.responses ?? {});
      expect(answers, route).toEqual(expect.arrayContaining(statuses.map(String)));
    }
  });
});

test.describe('The page to try the API', () => {
  for (const path of ['/docs', '/redoc']) {
    test(`${path} is there`, async ({ api, server }) => {
      let answer = await api.get(path);
      if (answer.status === 307) answer = await api.get(new URL(answer.headers.location ?? '', server.url).pathname);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/html/);
    });
  }

  test('loads nothing from elsewhere, under a policy that says so', async ({ api }) => {
    const page = await api.get('/docs');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/);
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file).toMatch(/^\/[^/]/);
      expect((await api.get(file)).status, file).toBe(200);
    }
  });
});

test.describe('Pages of other origins', () => {
  const LISTED = 'https://app.example.org';

  test('may call where they are listed, without credentials', async ({ launch }) => {
    const api = new Api(await launch({ SEKISHO_CORS_ORIGINS: LISTED }));
    const preflight = await api.send('OPTIONS', '/users/me', {
      headers: {
        origin: LISTED,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe(LISTED);
    expect(preflight.headers['access-control-allow-headers']).toBe('authorization, content-type');
    const answer = await api.get('/users/me', { headers: { origin: LISTED } });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([401, LISTED]);
    for (const { headers } of [preflight, answer]) {
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
      expect(headers.vary).toContain('Origin');
    }
  });

  test('may change nothing where they are not', async ({ launch }) => {
    const others = ['https://evil.test', 'null', `${LISTED}.evil.test`, LISTED.replace('https', 'http'), `${LISTED}:444`];
    for (const api of [new Api(await launch()), new Api(await launch({ SEKISHO_CORS_ORIGINS: LISTED }))]) {
      for (const origin of others) {
        const headers = { origin, 'content-type': 'application/json' };
        const answer = await api.send('POST', '/auth/verify', { headers, body: '{}' });
        expect(answer.said, origin).toEqual([403, 'Forbidden']);
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
      }
    }
  });
});
