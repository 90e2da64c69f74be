// What goes by mail: confirming an address, and a forgotten password.

import { expect, test as base } from '../fixtures';
import { look } from '../look';
import { startServer, type Server } from '../server';
import { Mailbox } from '../smtp';

const NEW = 'eight lanterns by the river';

const test = base.extend<object, { mailbox: Mailbox; server: Server }>({
  mailbox: [async ({}, use) => {
    const mailbox = await Mailbox.start();
    await use(mailbox);
    await mailbox.stop();
  }, { scope: 'worker' }],

  server: [async ({ mailbox }, use) => {
    const server = await startServer({ settings: mailbox.settings });
    await use(server);
    await server.stop();
  }, { scope: 'worker' }],
});

test('a new account confirms its address and logs in', async ({ page, visitor, words, mailbox }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_check_mail);
  await visitor.logIn();
  await visitor.isRefused('p_bad_credentials_or_unverified');

  const link = await mailbox.link(visitor.email, 'verify-email');
  await page.goto(link);
  await visitor.isAt('/verify-email');
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_email_verified);
  await visitor.logIn();
  await visitor.isAt('/totp-setup');

  await page.goto(link);
  await expect(page.getByText(words.p_link_bad)).toBeVisible();
});

test('another browser asks for the password chosen, or for a new one', async ({
  page, visitor, words, mailbox, language, javaScriptEnabled,
}) => {
  await visitor.register();
  await visitor.isAt('/login');
  const link = await mailbox.link(visitor.email, 'verify-email');
  await page.context().clearCookies();
  await page.goto(link);
  await expect(page.getByText(words.verify_password_intro)).toBeVisible();
  await visitor.awake();
  await page.locator('#password').fill('not the password at all');
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isRefused('p_not_that_password');

  await page.getByRole('link', { name: words.to_claim, exact: true }).click();
  await visitor.isAt('/verify-email/new-password');
  await visitor.awake();
  if (javaScriptEnabled !== false) await look(page, 'verify-email-new-password', language);
  await page.locator('#password').fill(NEW);
  await page.getByRole('button', { name: words.claim_action, exact: true }).click();
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.isRefused('p_bad_credentials_or_unverified');
  await visitor.logIn(NEW);
  await visitor.isAt('/totp-setup');
});

test('a forgotten password is replaced by mail, and the second factor still asked', async ({ page, visitor, words, mailbox }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await page.goto(await mailbox.link(visitor.email, 'verify-email'));
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.takeKey();
  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await visitor.confirmSheet();
  await visitor.logOut();

  await page.getByRole('link', { name: words.forgot_link, exact: true }).click();
  await visitor.isAt('/forgot-password');
  await visitor.awake();
  await page.getByLabel(words.email, { exact: true }).fill(visitor.email);
  await page.getByRole('button', { name: words.send_link, exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(words.n_link_sent);
  await page.goto(await mailbox.link(visitor.email, 'reset-password'));
  await visitor.isAt('/reset-password');
  await visitor.awake();
  await page.locator('#password').fill('password');
  await page.getByRole('button', { name: words.reset_action, exact: true }).click();
  await visitor.isRefused('p_password_common');
  await page.locator('#password').fill(NEW);
  await page.getByRole('button', { name: words.reset_action, exact: true }).click();
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_password_set);
  await visitor.logIn(NEW);
  await visitor.isAt('/tfa');
  await visitor.typePhoneCode('tfa_action');
  await visitor.isAt('/dashboard');
});

test('an address that has an account is answered like one that has none', async ({ page, visitor, words, mailbox }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await page.goto(await mailbox.link(visitor.email, 'verify-email'));
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isAt('/login');
  await visitor.register();
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_check_mail);
  const texts = await mailbox.to(visitor.email, 2);
  expect(texts[1]).toContain('/login');

  await page.goto('/forgot-password');
  await visitor.awake();
  await page.getByLabel(words.email, { exact: true }).fill('nobody@example.org');
  await page.getByRole('button', { name: words.send_link, exact: true }).click();
  await expect(page.getByRole('status')).toHaveText(words.n_link_sent);
});

test('a new address is confirmed by one mail and taken back by another', async ({ page, visitor, words, mailbox }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await page.goto(await mailbox.link(visitor.email, 'verify-email'));
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.takeKey();
  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await visitor.confirmSheet();
  await page.goto('/security/email');
  await visitor.awake();
  await page.locator('#email').fill(`new-${visitor.email}`);
  await visitor.press('change_email_action');
  await visitor.isAt('/security');
  await page.goto(await mailbox.link(`new-${visitor.email}`, 'verify-email'));
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await expect(page).not.toHaveURL('/verify-email');
  await page.goto(await mailbox.link(visitor.email, 'undo-email'));
  await visitor.isAt('/undo-email');
  await visitor.awake();
  await visitor.press('undo_email_action');
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_email_change_undone);
  await page.goto(await mailbox.link(visitor.email, 'reset-password'));
  await visitor.isAt('/reset-password');
});

test('"this wasn\'t me" from a mail signs out everywhere', async ({ page, visitor, words, mailbox }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await page.goto(await mailbox.link(visitor.email, 'verify-email'));
  await visitor.awake();
  await page.getByRole('button', { name: words.verify_action, exact: true }).click();
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.takeKey();
  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await page.goto(await mailbox.link(visitor.email, 'not-me'));
  await visitor.isAt('/not-me');
  await visitor.awake();
  await visitor.press('not_me_action');
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_everything_ended);
  await page.goto('/dashboard');
  await visitor.isAt('/login');
});
