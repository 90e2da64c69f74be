// Where we differ from fastapi-users and the demo: one promise or more for each row of the contract.

import { Api, type Said } from './api';
import { expect, test, wait } from './ground';
import { mailsTo, tokenIn } from './mail';
import { NEW_PASSWORD, PASSWORD, Person, someEmail } from './people';
import { claimsOf, headerOf } from './tokens';

const ME = '/users/me';
const NOBODY = '/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77';
const UNAUTHORIZED: Said = [401, 'Unauthorized'];
const OWED: Said = [403, 'SECOND_FACTOR_REQUIRED'];
const REAUTH: Said = [403, 'REAUTH_REQUIRED'];
const ENROLLED: Said = [403, 'TOTP_ALREADY_ENROLLED'];
const FIVE_MINUTES_S = 5 * 60;
const OPTIONAL = { SEKISHO_SECOND_FACTOR: 'optional' };

test.describe('A1: a login that owes a second factor', () => {
  for (const owed of ['a set-up', 'a code']) {
    test(`opens nothing but the second factor and the way out, where ${owed} is owed`, async ({ api }) => {
      const bob = owed === 'a code' ? await Person.enrolled(api) : await Person.registered(api);
      await bob.logIn();
      for (const path of [ME, '/users', NOBODY, '/users/nonsense']) expect((await bob.api.get(path)).said, path).toEqual(OWED);
      for (const path of [ME, NOBODY]) expect((await bob.api.patch(path, { password: NEW_PASSWORD })).said, path).toEqual(OWED);
      for (const path of [ME, NOBODY]) expect((await bob.api.delete(path)).said, path).toEqual(OWED);
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

  test('never stays in the database as it is', async ({ api, database, server }) => {
    test.skip(database !== 'sqlite', 'the file is searched');
    const bob = await Person.loggedIn(api);
    const { readFile } = await import('node:fs/promises');
    const files = await Promise.all(['', '-wal'].map((end) => readFile(`${server.data}/sekisho.db${end}`, 'latin1')));
    expect(files.join('')).not.toContain(bob.api.token);
    expect(files.join('')).toContain(bob.email);
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
  test('raises this login, whose opaque token opens everything from then on, and answers ten recovery codes', async ({ api }) => {
    const bob = await Person.loggedIn(api);
    const { token } = bob.api;
    const phone = await bob.takeKey();
    const answer = await bob.api.post('/auth/setup-totp', { otp: await phone.nextCode() });
    expect(Object.keys(answer.json).sort()).toEqual(['recovery_codes', 'success']);
    expect(new Set(answer.json.recovery_codes).size).toBe(10);
    for (const code of answer.json.recovery_codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}(-[0-9A-HJKMNP-TV-Z]{6}){3}$/);
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
    expect((await bob.api.post('/auth/setup-totp', { otp: phone.wrongCode() })).json).toEqual({ success: false, detail: 'Invalid TOTP code' });
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
  for (const [what, body] of [['password', { password: NEW_PASSWORD }], ['address', { email: 'new@example.org' }]] as [string, object][]) {
    test(`is REAUTH_REQUIRED for a ${what} when the login is older than five minutes`, async ({ api }) => {
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

test.describe('A8: a new address', () => {
  test('waits for its confirmation, or counts at once and unverified for clients of fastapi-users', async ({ api, server, profile, root }) => {
    const bob = await Person.enrolled(api);
    await root.api.patch(bob.path, { is_verified: true });
    const email = someEmail();
    const user = (await bob.api.patch(ME, { email })).user();
    if (profile === 'fastapi_users') {
      expect([user.email, user.is_verified]).toEqual([email, false]);
      expect((await mailsTo(server, bob.email, 1))[0].text, 'the old one is told').toContain('was changed');
      expect((await api.form('/auth/jwt/login', { username: email, password: PASSWORD })).status).toBe(200);
      return;
    }
    expect([user.email, user.is_verified], 'the old one is shown').toEqual([bob.email, true]);
    expect((await api.form('/auth/jwt/login', { username: email, password: PASSWORD })).status).toBe(400);
    const confirmed = (await api.post('/auth/verify', { token: await tokenIn(server, email, 'verify-email') })).user();
    expect([confirmed.email, confirmed.is_verified]).toEqual([email, true]);
    expect((await bob.api.get(ME)).user().email).toBe(email);
    expect((await mailsTo(server, bob.email, 1))[0].text, 'the old one is told').toContain('was changed');
  });

  test('set by a superuser follows the same rule', async ({ api, profile, root }) => {
    const [bob, email] = [await Person.registered(api), someEmail()];
    const user = (await root.api.patch(bob.path, { email })).user();
    expect(user.email).toBe(profile === 'fastapi_users' ? email : bob.email);
  });
});

test.describe('A9: a superuser who sets a password', () => {
  test('is refused, or for clients of fastapi-users ends all sessions of the account and has its owner told', async ({ api, server, profile, root }) => {
    const bob = await Person.enrolled(api);
    const answer = await root.api.patch(bob.path, { password: NEW_PASSWORD });
    if (profile === 'fastapi_users') {
      expect(answer.user().id).toBe(bob.id);
      expect((await bob.api.get(ME)).said).toEqual(UNAUTHORIZED);
      expect((await mailsTo(server, bob.email, 1))[0].text).toContain('Your password was changed');
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
    test.fail(profile === 'strict', 'mail is not delivered yet, so accounts cannot be hidden');
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
    for (const password of ['password', 'PassWord1', 'passwordpassword', 'aaaaaaaaaaaa', email, email.split('@')[0], 'sekishosekisho', 'example.org']) {
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

test.describe('A16: too many wrong guesses', () => {
  test('are 429 with Retry-After', async ({ launch }) => {
    test.fail(true, 'limits on guessing are not built yet');
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
    for (const [number, [path, page]] of [['/auth/forgot-password', 'reset-password'], ['/auth/request-verify-token', 'verify-email']].entries()) {
      await api.post(path, { email: bob.email });
      expect(await tokenIn(server, bob.email, page, number + 1)).toMatch(/^[\w-]{43}$/);
    }
  });

  test('work for 60 minutes to set a password and 24 hours to confirm an address', async ({ api, server }) => {
    const bob = await Person.registered(api);
    for (const [number, [path, minutes]] of ([['/auth/forgot-password', 60], ['/auth/request-verify-token', 24 * 60]] as const).entries()) {
      await api.post(path, { email: bob.email });
      const mail = (await mailsTo(server, bob.email, number + 1))[number];
      expect(Math.abs(mail.expiresAt - Date.now() / 1000 - minutes * 60)).toBeLessThan(5);
    }
    const verify = await tokenIn(server, bob.email, 'verify-email', 2);
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
    const verify = await tokenIn(server, bob.email, 'verify-email', 2);
    expect((await api.post('/auth/verify', { token: reset })).said).toEqual([400, 'VERIFY_USER_BAD_TOKEN']);
    expect((await api.post('/auth/reset-password', { token: verify, password: NEW_PASSWORD })).said).toEqual([400, 'RESET_PASSWORD_BAD_TOKEN']);
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
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: api.server.url, 'sec-fetch-site': 'same-origin', accept: 'text/html' };
    const body = new URLSearchParams({ email: bob.email, password: bob.password, next: '' }).toString();
    const answer = await api.send('POST', '/fn/login', { headers, body });
    const cookies = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]);
    const session = cookies.find((cookie) => cookie.startsWith('__Host-session='));
    expect(session, answer.text.slice(0, 200)).toBeTruthy();
    expect((await api.get(ME, { headers: { cookie: cookies.join('; ') } })).said).toEqual(UNAUTHORIZED);
    expect((await api.with(session?.split('=')[1]).get(ME)).said).toEqual(UNAUTHORIZED);
  });
});
