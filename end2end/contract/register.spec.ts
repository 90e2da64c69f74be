// POST /auth/register.

import { Api, type Mistake } from './api';
import { expect, test } from './ground';
import { PASSWORD, Person, someEmail } from './people';

const REGISTER = '/auth/register';
const GOOD = { email: 'bob@example.org', password: PASSWORD };

test('answers 201 and the account, active, neither superuser nor verified', async ({ api }) => {
  const email = someEmail();
  const user = (await api.post(REGISTER, { email, password: PASSWORD })).user(201);
  expect(user).toEqual({ id: user.id, email, is_active: true, is_superuser: false, is_verified: false });
});

test('reads the three flags and ignores them', async ({ api }) => {
  for (const flags of [
    { is_active: false, is_superuser: true, is_verified: true },
    { is_active: 'no', is_superuser: 'yes', is_verified: 1 },
    { is_active: null, is_superuser: null, is_verified: null },
  ]) {
    const user = (await api.post(REGISTER, { email: someEmail(), password: PASSWORD, ...flags })).user(201);
    expect([user.is_active, user.is_superuser, user.is_verified]).toEqual([true, false, false]);
  }
});

test('ignores fields it does not know, those of the database included', async ({ api }) => {
  const id = '6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
  const more = { id, hashed_password: 'x', totp_secret: 'x', verified_at: 1, superuser_at: 1, role: 'admin' };
  const user = (await api.post(REGISTER, { email: someEmail(), password: PASSWORD, ...more })).user(201);
  expect([user.is_superuser, user.is_verified, user.id === id]).toEqual([false, false, false]);
});

test('is REGISTER_USER_ALREADY_EXISTS for a taken address in any case, unless accounts are hidden', async ({ api, ada }) => {
  for (const email of [ada.email, ada.email.toUpperCase(), ` ${ada.email} `]) {
    const answer = await api.post(REGISTER, { email, password: PASSWORD });
    expect(answer.said).toEqual([400, 'REGISTER_USER_ALREADY_EXISTS']);
  }
});

test('judges the password before it looks for the address', async ({ api, ada }) => {
  const answer = await api.post(REGISTER, { email: ada.email, password: 'short' });
  expect([answer.status, answer.json.detail.code]).toEqual([400, 'REGISTER_INVALID_PASSWORD']);
});

for (const [title, password] of [
  ['empty', ''], ['too short', '7 chars'], ['on every list', 'password123'], ['said twice', 'passwordpassword'],
  ['too long', 'x'.repeat(257)], ['with a control character', 'nine gates\u0000 on the road'],
]) {
  test(`is REGISTER_INVALID_PASSWORD with a reason for a password that is ${title}`, async ({ api }) => {
    const answer = await api.post(REGISTER, { email: someEmail(), password });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ detail: { code: 'REGISTER_INVALID_PASSWORD', reason: expect.stringMatching(/\w/) } });
  });
}

for (const [title, body, mistakes] of [
  ['nothing', {}, [['missing', 'body', 'email'], ['missing', 'body', 'password']]],
  ['no address', { password: PASSWORD }, [['missing', 'body', 'email']]],
  ['no password', { email: 'bob@example.org' }, [['missing', 'body', 'password']]],
  ['what is no address', { email: 'bob', password: PASSWORD }, [['value_error', 'body', 'email']]],
  ['an address that is no string', { email: 5, password: PASSWORD }, [['string_type', 'body', 'email']]],
  ['a password that is no string', { email: 'bob@example.org', password: 5 }, [['string_type', 'body', 'password']]],
  ['nulls', { email: null, password: null }, [['string_type', 'body', 'email'], ['string_type', 'body', 'password']]],
  ['a flag that is none', { ...GOOD, is_active: 'maybe' }, [['bool_parsing', 'body', 'is_active']]],
  ['a flag that is 2', { ...GOOD, is_superuser: 2 }, [['bool_parsing', 'body', 'is_superuser']]],
  ['several at once', { email: 'bob', password: 5, is_verified: 'maybe' },
    [['value_error', 'body', 'email'], ['string_type', 'body', 'password'], ['bool_parsing', 'body', 'is_verified']]],
] as [string, object, Mistake[]][]) {
  test(`is 422 for ${title}`, async ({ api }) => {
    expect((await api.post(REGISTER, body)).mistakes).toEqual(mistakes);
  });
}

test('is of no use to guess ids: each is new and random', async ({ api }) => {
  const [one, other] = [await Person.registered(api), await Person.registered(api)];
  expect(one.id).not.toBe(other.id);
});

test('a closed server says so', async ({ launch }) => {
  const closed = new Api(await launch({ SEKISHO_REGISTRATION: 'closed' }));
  expect((await closed.post(REGISTER, GOOD)).said).toEqual([403, 'REGISTRATION_CLOSED']);
});
