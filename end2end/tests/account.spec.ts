// Looking after one's account, with and without scripts.

import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures';

const NEW_PASSWORD = 'eight lanterns by the river';

test('another password, with the old one and a code', async ({ page, visitor, words }) => {
  await visitor.join();
  await page.getByRole('link', { name: words.security_title, exact: true }).click();
  await page.getByRole('link', { name: words.change_password_title, exact: true }).click();
  await visitor.isAt('/security/password');
  await visitor.awake();
  await page.locator('#password').fill(NEW_PASSWORD);
  await visitor.prove('change_password_title', 'not the password');
  await visitor.isRefused('p_wrong_password');
  await expect(page.locator('#current-password')).toHaveAttribute('aria-invalid', 'true');
  await page.locator('#password').fill('short');
  await visitor.prove('change_password_title');
  await expect(page.locator('#password-error')).not.toBeEmpty();
  await page.locator('#password').fill(NEW_PASSWORD);
  await visitor.prove('change_password_title');
  await visitor.isAt('/security');
  await expect(page.getByRole('status')).toHaveText(words.n_password_changed);
  await visitor.logOut();
  await visitor.logIn();
  await visitor.isRefused('p_bad_credentials');
  await visitor.logIn(NEW_PASSWORD);
  await visitor.isAt('/tfa');
});

test('strength is said in words while a password is typed', async ({ page, visitor, words, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'without scripts the hint has to do');
  await page.goto('/register');
  await visitor.awake();
  const said = page.locator('.strength');
  await page.locator('#password').pressSequentially('lamps');
  await expect(said).toHaveText(words.strength_short.replace('{n}', '3'));
  await page.locator('#password').pressSequentially(' of gold');
  await expect(said).toHaveText(words.strength_enough);
  await page.locator('#password').pressSequentially(' and silver');
  await expect(said).toHaveText(words.strength_long);
});

test('another address waits for its confirmation', async ({ page, visitor, words }) => {
  await visitor.join();
  await page.goto('/security/email');
  await visitor.awake();
  await page.locator('#email').fill('nowhere');
  await visitor.press('change_email_action');
  await visitor.isRefused('p_email_malformed');
  await expect(page.locator('#email')).toHaveValue('nowhere');
  await page.locator('#email').fill(`new-${visitor.email}`);
  await visitor.press('change_email_action');
  await visitor.isAt('/security');
  await expect(page.getByRole('status')).toHaveText(words.n_email_change_asked);
  await expect(page.getByText(words.email_waits.replace('{email}', `new-${visitor.email}`))).toBeVisible();
  await visitor.press('email_cancel');
  await visitor.isAt('/security');
  await expect(page.getByText(`new-${visitor.email}`)).toHaveCount(0);
});

test('another authenticator in place of the old one', async ({ page, visitor, words }) => {
  await visitor.join();
  const old = visitor.phone!.key;
  await page.goto('/security');
  await page.getByRole('link', { name: words.replace_title, exact: true }).click();
  await visitor.awake();
  await visitor.prove('replace_action');
  await visitor.takeKey();
  expect(visitor.phone!.key).not.toBe(old);
  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await visitor.confirmSheet();
});

test('sessions elsewhere are ended, one or all', async ({ page, browser, visitor, words, server, language }) => {
  await visitor.join();
  const elsewhere = async () => {
    const context = await browser.newContext({ baseURL: server.url, locale: language, javaScriptEnabled: false });
    const other = await context.newPage();
    await other.goto('/login');
    await other.locator('#email').fill(visitor.email);
    await other.locator('#password').fill(visitor.password);
    await other.locator('.primary').click();
    await other.locator('#code').fill(visitor.recoveryCodes.shift()!);
    await other.locator('.primary').click();
    await expect(other).toHaveURL('/dashboard');
    return other;
  };
  const others = [await elsewhere(), await elsewhere()];
  await page.goto('/sessions');
  await expect(page.getByText(words.this_device, { exact: true })).toHaveCount(1);
  const end = page.getByRole('button', { name: new RegExp(words.end_session_of.split('{')[0]) });
  await expect(end).toHaveCount(2);
  await end.first().click();
  await expect(page.getByRole('status')).toHaveText(words.n_session_ended);
  await expect(end).toHaveCount(1);
  await visitor.press('end_others');
  await expect(page.getByRole('status')).toHaveText(words.n_other_sessions_ended);
  await expect(page.getByText(words.no_others)).toBeVisible();
  for (const other of others) {
    await other.goto('/dashboard');
    await expect(other).toHaveURL(/\/login/);
    await other.context().close();
  }
});

test('"this wasn\'t me" signs out everywhere', async ({ page, visitor, words }) => {
  await visitor.join();
  await page.goto('/activity');
  await expect(page.getByText(words.event_registered)).toBeVisible();
  await visitor.press('not_me_action');
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_everything_ended);
  await page.goto('/activity');
  await visitor.isAt('/login?next=%2Factivity');
});

test('my data is a file', async ({ page, visitor, words }) => {
  await visitor.join();
  await page.goto('/account');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: words.my_data_action, exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('sekisho-my-data.json');
  const data = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(data.account.email).toBe(visitor.email);
});

test('leaving, and coming back', async ({ page, visitor, words }) => {
  await visitor.join();
  await page.goto('/account');
  await page.getByRole('link', { name: words.leave_title, exact: true }).click();
  await visitor.awake();
  await visitor.prove('leave_action');
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_left);
  await visitor.logIn();
  await visitor.isAt('/tfa');
  await visitor.typeCode(visitor.recoveryCodes.shift()!, 'tfa_action');
  await visitor.isAt('/dashboard');
  await page.goto('/activity');
  await expect(page.getByText(words.event_came_back)).toBeVisible();
});
