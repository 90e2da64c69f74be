// Where we differ from fastapi-users and the demo, row by row of the contract: accounts, addresses and passwords.

import { Api, type Said } from '../api';
import { expect, test, wait } from '../ground';
import { mailSaying, mailsTo, tokenIn } from '../mail';
import { NEW_PASSWORD, PASSWORD, Person, someEmail } from '../people';

const ME = '/users/me';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];
const OPTIONAL = { SEKISHO_SECOND_FACTOR: 'optional' };

test.describe('A8: a new address', () => {
  test('waits for its confirmation; for clients of fastapi-users it counts at once, unverified', async ({
    api, server, profile, root,
  }) => {
    const bob = await Person.enrolled(api);
    await root.api.patch(bob.path, { is_verified: true });
    const email = someEmail();
    const user = (await bob.api.patch(ME, { email })).user();
    if (profile === 'fastapi_users') {
      expect([user.email, user.is_verified]).toEqual([email, false]);
      await mailSaying(server, bob.email, 'now uses another address');
      expect((await api.form('/auth/jwt/login', { username: email, password: PASSWORD })).status).toBe(200);
      return;
    }
    expect([user.email, user.is_verified], 'the old one is shown').toEqual([bob.email, true]);
    expect((await api.form('/auth/jwt/login', { username: email, password: PASSWORD })).status).toBe(400);
    const confirmed = (await api.post('/auth/verify', { token: await tokenIn(server, email, 'verify-email') })).user();
    expect([confirmed.email, confirmed.is_verified]).toEqual([email, true]);
    expect((await bob.api.get(ME)).user().email).toBe(email);
    await mailSaying(server, bob.email, 'now uses another address');
  });

  test('set by a superuser follows the same rule', async ({ api, profile, root }) => {
    const [bob, email] = [await Person.registered(api), someEmail()];
    const user = (await root.api.patch(bob.path, { email })).user();
    expect(user.email).toBe(profile === 'fastapi_users' ? email : bob.email);
  });
});

test.describe('A9: a superuser who sets a password', () => {
  test('is refused; for clients of fastapi-users it ends all sessions of the account, and the owner is told', async ({
    api, server, profile, root,
  }) => {
    const bob = await Person.enrolled(api);
    const answer = await root.api.patch(bob.path, { password: NEW_PASSWORD });
    if (profile === 'fastapi_users') {
      expect(answer.user().id).toBe(bob.id);
      expect((await bob.api.get(ME)).said).toEqual(UNAUTHORIZED);
      await mailSaying(server, bob.email, 'The password of your account');
      bob.password = NEW_PASSWORD;
      await bob.logIn();
      return;
    }
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ detail: { code: 'UPDATE_USER_INVALID_PASSWORD', reason: expect.stringMatching(/\w/) } });
    expect((await bob.api.get(ME)).status).toBe(200);
    await bob.logIn();
  });

  test('is held to the rules of passwords', async ({ ada, root }) => {
    for (const password of ['', 'short', 'password123']) {
      const answer = await root.api.patch(ada.path, { password });
      expect([answer.status, answer.json.detail.code]).toEqual([400, 'UPDATE_USER_INVALID_PASSWORD']);
    }
  });
});

test.describe('A10: a taken address', () => {
  test('is told where no mail can be delivered', async ({ api, ada }) => {
    const answer = await api.post('/auth/register', { email: ada.email, password: PASSWORD });
    expect(answer.said).toEqual([400, 'REGISTER_USER_ALREADY_EXISTS']);
  });

  test('is hidden where mail can be delivered, unless clients of fastapi-users are served', async ({ launch, profile }) => {
    const server = await launch({ SEKISHO_SMTP_URL: 'smtp://127.0.0.1:9', SEKISHO_MAIL_FROM: 'sekisho@example.org' });
    const bob = await Person.registered(new Api(server));
    const answer = await bob.api.post('/auth/register', { email: bob.email, password: PASSWORD });
    if (profile === 'strict') expect(answer.user(201).id).not.toBe(bob.id);
    else expect(answer.said).toEqual([400, 'REGISTER_USER_ALREADY_EXISTS']);
  });
});

test.describe('A11: an unverified address where verification is required', () => {
  test('is told to clients of fastapi-users only, and after the right password only', async ({ launch, profile }) => {
    const server = await launch({ SEKISHO_EMAIL_VERIFICATION: 'required' });
    const bob = await Person.registered(new Api(server));
    const logIn = (password: string) => bob.api.form('/auth/jwt/login', { username: bob.email, password });
    const code = profile === 'strict' ? 'LOGIN_BAD_CREDENTIALS' : 'LOGIN_USER_NOT_VERIFIED';
    expect((await logIn(PASSWORD)).said).toEqual([400, code]);
    expect((await logIn('wrong')).said).toEqual([400, 'LOGIN_BAD_CREDENTIALS']);
    expect((await bob.logInWith('123456')).said).toEqual([400, 'Invalid username or password']);
    await bob.api.post('/auth/verify', { token: await tokenIn(server, bob.email, 'verify-email') });
    expect((await logIn(PASSWORD)).status).toBe(200);
  });
});

test.describe('A12: passwords', () => {
  const take = async (api: Api, password: string, email = someEmail()) =>
    (await api.post('/auth/register', { email, password })).status === 201;

  test('have 8 to 256 characters where everybody has a second factor', async ({ api }) => {
    expect(await take(api, '7 chars')).toBe(false);
    expect(await take(api, '8 charsx')).toBe(true);
    expect(await take(api, '関所を越える夜道')).toBe(true);
    expect(await take(api, '0123456789abcdef '.repeat(16).slice(0, 256))).toBe(true);
    expect(await take(api, '0123456789abcdef '.repeat(16).slice(0, 257))).toBe(false);
  });

  test('have 15 characters where the password may be all', async ({ launch }) => {
    const api = new Api(await launch(OPTIONAL));
    expect(await take(api, 'fourteen chars')).toBe(false);
    expect(await take(api, 'fifteen letters')).toBe(true);
  });

  test('are on no list, are no word said twice, and do not name the account or the site', async ({ api }) => {
    const email = someEmail();
    const common = ['password', 'PassWord1', 'passwordpassword', 'aaaaaaaaaaaa'];
    const names = [email, email.split('@')[0], 'example.org', 'sekishosekisho'];
    for (const password of [...common, ...names]) {
      expect(await take(api, password, email), password).toBe(false);
    }
  });

  test('are kept whole: composed letters are the only thing made equal', async ({ api }) => {
    const decomposed = 'cafe\u0301 on the corner';
        const email = someEmail();
    expect(await take(api, decomposed, email)).toBe(true);
    const logIn = (password: string) => api.form('/auth/jwt/login', { username: email, password });
    expect((await logIn('caf\u00e9 on the corner')).status).toBe(200);
    expect((await logIn('caf\u00e9 on the corner ')).status).toBe(400);
    expect((await logIn('Caf\u00e9 on the corner')).status).toBe(400);
  });
});

test.describe('A13: a 422', () => {
  test('has type, loc and msg, and never what was sent', async ({ api }) => {
    const answer = await api.post('/auth/register', { password: 'a secret of mine' });
    expect(answer.json).toEqual({ detail: [{ type: 'missing', loc: ['body', 'email'], msg: 'Field required' }] });
  });
});

test.describe('A14: null', () => {
  test('is 422 for the own address', async ({ ada }) => {
    expect((await ada.api.patch(ME, { email: null })).mistakes).toEqual([['string_type', 'body', 'email']]);
  });

  for (const field of ['email', 'is_active', 'is_superuser', 'is_verified']) {
    test(`is 422 for ${field} of another account`, async ({ ada, root }) => {
      const [[, ...place], ...rest] = (await root.api.patch(ada.path, { [field]: null })).mistakes;
      expect([place, rest]).toEqual([['body', field], []]);
    });
  }
});

test.describe('A16: too many wrong guesses', () => {
  test('are 429 with Retry-After', async ({ launch }) => {
    const bob = await Person.registered(new Api(await launch({ SEKISHO_THROTTLE: 'on' })));
    const guess = () => bob.api.form('/auth/jwt/login', { username: bob.email, password: 'wrong' });
    for (let guesses = 0; guesses < 10; guesses += 1) await guess();
    const answer = await guess();
    expect(answer.said).toEqual([429, 'TOO_MANY_REQUESTS']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

test.describe('A18: addresses', () => {
  test('of special-use domains are taken', async ({ api }) => {
    const name = someEmail().split('@')[0];
    for (const domain of ['host.local', 'example.test', 'b.invalid', 'localhost', 'a.example']) {
      const email = `${name}@${domain}`;
      expect((await api.post('/auth/register', { email, password: PASSWORD })).user(201).email).toBe(email);
    }
  });

  test('with a domain of other letters are kept as the network spells it', async ({ api }) => {
    const name = someEmail().split('@')[0];
    const answer = await api.post('/auth/register', { email: `${name}@Bücher.example`, password: PASSWORD });
    expect(answer.user(201).email).toBe(`${name}@xn--bcher-kva.example`);
  });

  const garbage = [
    '', 'a', '@', 'a@', '@b.test', 'a@b@c.test', 'a b@c.test', 'a@b..c', '.a@b.test', 'a.@b.test', 'a..b@c.test', 'a\u0000@b.test',
    '"a"@b.test', 'a@b.test,c@d.test', 'a@b.test;c@d.test', '<a@b.test>', 'Ada <a@b.test>', 'a\n@b.test', 'ａ@b.test', 'ﬁ@b.test',
    'a@exa mple.test', 'a@-b.test', 'a@b.test\r\nBcc: c@d.test', 'a@[127.0.0.1]', 'a(comment)@b.test', 'a\\@b.test',
    `${'a'.repeat(65)}@b.test`, `a@${'b'.repeat(64)}.test`, `${'a'.repeat(60)}@${'b.'.repeat(97)}test`,
  ];
  test('that are none are 422', async ({ api }) => {
    for (const email of garbage) {
      const answer = await api.post('/auth/register', { email, password: PASSWORD });
      expect(answer.mistakes, JSON.stringify(email)).toEqual([['value_error', 'body', 'email']]);
    }
  });

  test('of 254 bytes are taken', async ({ api }) => {
    const name = someEmail().split('@')[0];
    const label = 'b'.repeat(61);
    const start = `${name}@${label}.${label}.${label}.`;
    const email = start + 'c'.repeat(254 - start.length);
    expect((await api.post('/auth/register', { email, password: PASSWORD })).status).toBe(201);
  });
});

test.describe('A19: links by mail', () => {
  test('hold opaque tokens of 256 bits', async ({ api, server }) => {
    const bob = await Person.registered(api);
    await api.post('/auth/forgot-password', { email: bob.email });
    expect(await tokenIn(server, bob.email, 'reset-password')).toMatch(/^[\w-]{43}$/);
    await api.post('/auth/request-verify-token', { email: bob.email });
    expect(await tokenIn(server, bob.email, 'verify-email')).toMatch(/^[\w-]{43}$/);
  });

  test('work for 60 minutes to set a password and 24 hours to confirm an address', async ({ api, server }) => {
    const bob = await Person.registered(api);
    await api.post('/auth/forgot-password', { email: bob.email });
    await mailsTo(server, bob.email, 1);
    await api.post('/auth/request-verify-token', { email: bob.email });
    const lives = (await mailsTo(server, bob.email, 2)).map(({ expiresAt }) => expiresAt - Date.now() / 1000);
    expect(Math.abs(lives[0] - 60 * 60)).toBeLessThan(5);
    expect(Math.abs(lives[1] - 24 * 60 * 60)).toBeLessThan(5);
    const verify = await tokenIn(server, bob.email, 'verify-email');
    await wait(bob, 24 * 60 * 60 - 10);
    expect((await api.post('/auth/verify', { token: verify })).status).toBe(200);
  });

  test('still set a password after 59 minutes', async ({ api, server }) => {
    const bob = await Person.registered(api);
    await api.post('/auth/forgot-password', { email: bob.email });
    const token = await tokenIn(server, bob.email, 'reset-password');
    await wait(bob, 59 * 60);
    expect((await api.post('/auth/reset-password', { token, password: NEW_PASSWORD })).status).toBe(200);
  });

  test('have one purpose', async ({ api, server }) => {
    const bob = await Person.registered(api);
    await api.post('/auth/forgot-password', { email: bob.email });
    const reset = await tokenIn(server, bob.email, 'reset-password');
    await api.post('/auth/request-verify-token', { email: bob.email });
    const verify = await tokenIn(server, bob.email, 'verify-email');
    const [asVerify, asReset] = [
      await api.post('/auth/verify', { token: reset }),
      await api.post('/auth/reset-password', { token: verify, password: NEW_PASSWORD }),
    ];
    expect(asVerify.said).toEqual([400, 'VERIFY_USER_BAD_TOKEN']);
    expect(asReset.said).toEqual([400, 'RESET_PASSWORD_BAD_TOKEN']);
    for (const token of [reset, verify]) expect((await api.with(token).get('/auth/check-totp')).said).toEqual(UNAUTHORIZED);
  });

  test('to set a password live three at a time, and the use of one kills the others', async ({ api, server }) => {
    const bob = await Person.registered(api);
    const tokens: string[] = [];
    for (const count of [1, 2, 3]) {
      await api.post('/auth/forgot-password', { email: bob.email });
      tokens.push(await tokenIn(server, bob.email, 'reset-password', count));
    }
    expect((await api.post('/auth/forgot-password', { email: bob.email })).status).toBe(202);
    const reset = (token: string) => api.post('/auth/reset-password', { token, password: NEW_PASSWORD });
    expect((await reset(tokens[0])).status, 'the oldest works: a stranger who asks cannot kill it').toBe(200);
    for (const token of tokens) expect((await reset(token)).said).toEqual([400, 'RESET_PASSWORD_BAD_TOKEN']);
  });

  test('work for one of ten parallel uses', async ({ api, server }) => {
    const bob = await Person.registered(api);
    await api.post('/auth/forgot-password', { email: bob.email });
    const token = await tokenIn(server, bob.email, 'reset-password');
    const uses = Array.from({ length: 10 }, (_, number) =>
      api.post('/auth/reset-password', { token, password: `${NEW_PASSWORD} ${number}` }));
    expect((await Promise.all(uses)).map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(400)]);
  });
});
