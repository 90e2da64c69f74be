// GET and PATCH /users/me; GET, PATCH and DELETE /users/{id}.

import { Api, type Mistake, type Said } from './api';
import { expect, test } from './ground';
import { tokenIn } from './mail';
import { NEW_PASSWORD, Person } from './people';

const ME = '/users/me';
const NOBODY = '/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];
const FORBIDDEN: Said = [403, 'Forbidden'];
const NOT_FOUND: Said = [404, 'Not Found'];

/** What is wrong with an update, of oneself or of another. */
const WRONG: [string, object, Mistake[]][] = [
  ['what is no address', { email: 'bob' }, [['value_error', 'body', 'email']]],
  ['an address that is no string', { email: 5 }, [['string_type', 'body', 'email']]],
  ['a password that is no string', { password: 5 }, [['string_type', 'body', 'password']]],
  ['a flag that is none', { is_active: 'maybe' }, [['bool_parsing', 'body', 'is_active']]],
  ['another flag that is none', { is_superuser: 'maybe' }, [['bool_parsing', 'body', 'is_superuser']]],
  ['a third flag that is none', { is_verified: 2 }, [['bool_parsing', 'body', 'is_verified']]],
];

test.describe('GET /users/me', () => {
  test('answers 200 and the account', async ({ ada }) => {
    expect((await ada.api.get(ME)).user()).toEqual(
      { id: ada.id, email: ada.email, is_active: true, is_superuser: false, is_verified: false });
  });

  test('is 401 without a token', async ({ api }) => {
    expect((await api.get(ME)).said).toEqual(UNAUTHORIZED);
  });

  test('is 401 once the account is disabled', async ({ api, root }) => {
    const bob = await Person.enrolled(api);
    await root.api.patch(bob.path, { is_active: false });
    expect((await bob.api.get(ME)).said).toEqual(UNAUTHORIZED);
  });

  test('is 401 once the account is gone', async ({ api, root }) => {
    const bob = await Person.enrolled(api);
    await root.api.delete(bob.path);
    expect((await bob.api.get(ME)).said).toEqual(UNAUTHORIZED);
  });
});

test.describe('Where verification is required', () => {
  test('an unverified account is 403 everywhere, logging out included', async ({ launch }) => {
    const server = await launch({ SEKISHO_EMAIL_VERIFICATION: 'required' });
    const [root, api] = [await Person.superuser(server), new Api(server)];
    const bob = await Person.registered(api);
    await api.post('/auth/verify', { token: await tokenIn(server, bob.email, 'verify-email') });
    await bob.logIn();
    await bob.enrol();
    expect((await bob.api.get(ME)).user().is_verified).toBe(true);
    expect((await root.api.patch(bob.path, { is_verified: false })).user().is_verified).toBe(false);
    expect((await bob.api.get(ME)).said).toEqual(FORBIDDEN);
    expect((await bob.api.patch(ME, {})).said).toEqual(FORBIDDEN);
    expect((await bob.api.get('/users')).said).toEqual(FORBIDDEN);
    expect((await bob.api.post('/auth/jwt/logout')).said).toEqual(FORBIDDEN);
  });
});

test.describe('PATCH /users/me', () => {
  test('answers 200 and the account for {} and for nothing that counts', async ({ ada }) => {
    const before = (await ada.api.get(ME)).json;
    for (const body of [
      {}, { password: null }, { is_active: false, is_superuser: true, is_verified: true },
      { is_active: null, is_superuser: null, is_verified: null },
      { id: 'x', hashed_password: 'x', totp_secret: 'x', verified_at: 1, unknown: [] }, { email: ada.email },
    ]) {
      expect((await ada.api.patch(ME, body)).user(), JSON.stringify(body)).toEqual(before);
    }
    expect((await ada.api.get(ME)).json).toEqual(before);
  });

  test('sets a new password', async ({ api }) => {
    const bob = await Person.enrolled(api);
    expect((await bob.api.patch(ME, { password: NEW_PASSWORD })).user().email).toBe(bob.email);
    expect((await api.form('/auth/jwt/login', { username: bob.email, password: bob.password })).status).toBe(400);
    bob.password = NEW_PASSWORD;
    await bob.logIn();
  });

  test('is UPDATE_USER_EMAIL_ALREADY_EXISTS for a taken address in any case', async ({ ada, root }) => {
    for (const email of [root.email, root.email.toUpperCase()]) {
      expect((await ada.api.patch(ME, { email })).said).toEqual([400, 'UPDATE_USER_EMAIL_ALREADY_EXISTS']);
    }
  });

  test('is UPDATE_USER_INVALID_PASSWORD with a reason', async ({ ada }) => {
    for (const password of ['', 'short', 'password123', 'x'.repeat(257)]) {
      const answer = await ada.api.patch(ME, { password });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({ detail: { code: 'UPDATE_USER_INVALID_PASSWORD', reason: expect.stringMatching(/\w/) } });
    }
  });

  test('is 401 without a token', async ({ api }) => {
    expect((await api.patch(ME, {})).said).toEqual(UNAUTHORIZED);
  });

  for (const [title, body, mistakes] of WRONG) {
    test(`is 422 for ${title}`, async ({ ada }) => {
      expect((await ada.api.patch(ME, body)).mistakes).toEqual(mistakes);
    });
  }

  test('never changes another account, whatever id is named', async ({ ada, root }) => {
    expect((await ada.api.patch(ME, { id: root.id, user_id: root.id, sub: root.id })).user().id).toBe(ada.id);
  });
});

test.describe('GET /users/{id}', () => {
  test('answers 200 and the account', async ({ ada, root }) => {
    expect((await root.api.get(ada.path)).json).toEqual((await ada.api.get(ME)).json);
  });

  test('reads an id in any usual spelling', async ({ ada, root }) => {
    const bare = ada.id.replaceAll('-', '');
    for (const id of [ada.id.toUpperCase(), bare, bare.toUpperCase(), `%7B${ada.id}%7D`, `urn:uuid:${ada.id}`]) {
      expect((await root.api.get(`/users/${id}`)).user().id, id).toBe(ada.id);
    }
  });

  test('is 401 without a token', async ({ api, ada }) => {
    expect((await api.get(ada.path)).said).toEqual(UNAUTHORIZED);
  });

  test('is 403 for everybody else, the own id and unknown ones included', async ({ ada, root }) => {
    for (const path of [ada.path, root.path, NOBODY, '/users/nonsense']) {
      expect((await ada.api.get(path)).said, path).toEqual(FORBIDDEN);
    }
  });

  test('is 404 for an id nobody has and for a malformed one', async ({ ada, root }) => {
    const malformed = ['1', 'nonsense', `${ada.id}0`, ada.id.slice(0, -1), '%00', '..%2fme', '%ff'];
    for (const path of [NOBODY, ...malformed.map((id) => `/users/${id}`)]) {
      expect((await root.api.get(path)).said, path).toEqual(NOT_FOUND);
    }
  });
});

test.describe('PATCH /users/{id}', () => {
  test('answers 200 and the account for {} and for nothing that counts', async ({ ada, root }) => {
    const before = (await ada.api.get(ME)).json;
    const same = { email: ada.email, is_active: true, is_superuser: false };
    for (const body of [{}, { password: null }, { id: 'x', unknown: 1 }, same]) {
      expect((await root.api.patch(ada.path, body)).user(), JSON.stringify(body)).toEqual(before);
    }
  });

  for (const flag of ['is_active', 'is_superuser', 'is_verified']) {
    test(`sets ${flag} and takes it back`, async ({ api, root }) => {
      const bob = await Person.registered(api);
      for (const value of [true, false, 'yes', 'off', 1, 0]) {
        const wanted = [true, 'yes', 1].includes(value);
        expect((await root.api.patch(bob.path, { [flag]: value })).user()[flag], String(value)).toBe(wanted);
        expect((await root.api.get(bob.path)).user()[flag], String(value)).toBe(wanted);
      }
    });
  }

  test('is UPDATE_USER_EMAIL_ALREADY_EXISTS for a taken address', async ({ ada, root }) => {
    expect((await root.api.patch(ada.path, { email: root.email })).said).toEqual([400, 'UPDATE_USER_EMAIL_ALREADY_EXISTS']);
  });

  test('is UPDATE_USER_INVALID_PASSWORD with a reason for a weak password', async ({ ada, root }) => {
    const answer = await root.api.patch(ada.path, { password: 'short' });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ detail: { code: 'UPDATE_USER_INVALID_PASSWORD', reason: expect.stringMatching(/\w/) } });
  });

  test('is 401 without a token', async ({ api, ada }) => {
    expect((await api.patch(ada.path, {})).said).toEqual(UNAUTHORIZED);
  });

  test('is 403 for everybody else, the own id included', async ({ ada, root }) => {
    for (const path of [ada.path, root.path, NOBODY]) {
      expect((await ada.api.patch(path, { is_superuser: true })).said).toEqual(FORBIDDEN);
    }
    expect((await ada.api.get(ME)).user().is_superuser).toBe(false);
  });

  test('is 404 for an id nobody has and for a malformed one', async ({ root }) => {
    for (const path of [NOBODY, '/users/nonsense']) expect((await root.api.patch(path, {})).said).toEqual(NOT_FOUND);
  });

  for (const [title, body, mistakes] of WRONG) {
    test(`is 422 for ${title}`, async ({ ada, root }) => {
      expect((await root.api.patch(ada.path, body)).mistakes).toEqual(mistakes);
    });
  }
});

test.describe('DELETE /users/{id}', () => {
  test('answers 204 and nothing, and the account is gone', async ({ api, root }) => {
    const bob = await Person.registered(api);
    const answer = await root.api.delete(bob.path);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await root.api.get(bob.path)).said).toEqual(NOT_FOUND);
    expect((await root.api.delete(bob.path)).said).toEqual(NOT_FOUND);
    expect((await api.post('/auth/register', { email: bob.email, password: bob.password })).user(201).id).not.toBe(bob.id);
  });

  test('lets a superuser go too', async ({ server, root }) => {
    const second = await Person.superuser(server);
    expect((await second.api.delete(second.path)).status).toBe(204);
    expect((await second.api.get(ME)).said).toEqual(UNAUTHORIZED);
    expect((await root.api.get(second.path)).said).toEqual(NOT_FOUND);
  });

  test('is 401 without a token', async ({ api, ada }) => {
    expect((await api.delete(ada.path)).said).toEqual(UNAUTHORIZED);
  });

  test('is 403 for everybody else, the own id included', async ({ ada, root }) => {
    for (const path of [ada.path, root.path, NOBODY]) expect((await ada.api.delete(path)).said).toEqual(FORBIDDEN);
    expect((await ada.api.get(ME)).status).toBe(200);
  });

  test('is 404 for an id nobody has and for a malformed one', async ({ root }) => {
    for (const path of [NOBODY, '/users/nonsense']) expect((await root.api.delete(path)).said).toEqual(NOT_FOUND);
  });

  test('DELETE /users/me is 403 for everybody and 404 for a superuser', async ({ ada, root }) => {
    expect((await ada.api.delete(ME)).said).toEqual(FORBIDDEN);
    expect((await root.api.delete(ME)).said).toEqual(NOT_FOUND);
  });
});
