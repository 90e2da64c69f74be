// What people come here for, with and without scripts.

import { expect, test } from '../fixtures';

test('from a new account to the dashboard', async ({ page, visitor, words }) => {
  await visitor.register();
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.takeKey();
  await expect(page.locator('.secret')).toHaveText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await expect(page.getByRole('img', { name: words.setup_qr_label })).toBeVisible();
  await expect(page.locator('.qr svg')).toBeVisible();

  await visitor.typeCode(visitor.phone!.wrongCode(), 'setup_action');
  await visitor.isRefused('p_wrong_code');
  await visitor.isAt('/totp-setup');

  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await visitor.typeCode('000000-000000-000000-000000', 'sheet_action');
  await visitor.isRefused('p_recovery_code_not_on_sheet');
  await visitor.confirmSheet();
  await expect(page.getByText(words.protected)).toBeVisible();
  await expect(page.getByText(visitor.email)).toBeVisible();

  await page.goto('/recovery-codes');
  await expect(page.getByText(words.sheet_gone)).toBeVisible();
});

test('out, and in again with a code', async ({ page, visitor }) => {
  await visitor.join();
  await visitor.logOut();
  await page.goto('/dashboard');
  await visitor.isAt('/login');
  await visitor.logIn();
  await visitor.isAt('/tfa');
  await visitor.typeCode(visitor.phone!.wrongCode(), 'tfa_action');
  await visitor.isRefused('p_wrong_code');
  await visitor.typePhoneCode('tfa_action');
  await visitor.isAt('/dashboard');
});

test('a recovery code opens the account once', async ({ page, visitor, words }) => {
  await visitor.join();
  const [code] = visitor.recoveryCodes;
  await visitor.logOut();
  await visitor.logIn();
  await visitor.isAt('/tfa');
  await visitor.typeCode(code, 'tfa_action');
  await visitor.isAt('/dashboard');
  await expect(page.getByText(words.codes_left.replace('{count}', '9'))).toBeVisible();

  await visitor.logOut();
  await visitor.logIn();
  await visitor.isAt('/tfa');
  await visitor.typeCode(code, 'tfa_action');
  await visitor.isRefused('p_wrong_code');
  await visitor.isAt('/tfa');
});

test('a login leads to the page that was wanted', async ({ page, visitor, words }) => {
  await visitor.join();
  await visitor.logOut();
  await page.goto('/recovery-codes');
  await visitor.isAt('/login?next=%2Frecovery-codes');
  await visitor.logIn('not the password');
  await visitor.isRefused('p_bad_credentials');
  await visitor.isAt('/login?next=%2Frecovery-codes');
  await visitor.logIn();
  await visitor.isAt('/tfa');
  await visitor.typePhoneCode('tfa_action');
  await visitor.isAt('/recovery-codes');
  await expect(page.getByText(words.sheet_gone)).toBeVisible();
});

test('a refusal says why and keeps the address', async ({ page, visitor, words }) => {
  const email = page.getByLabel(words.email, { exact: true });

  await visitor.register('password');
  await visitor.isRefused('p_password_common');
  await expect(page.locator('#password-error')).toHaveText(words.p_password_common);
  await expect(page.locator('#password')).toHaveAttribute('aria-invalid', 'true');
  await expect(email).toHaveValue(visitor.email);

  await visitor.register();
  await visitor.isAt('/login');
  await visitor.register();
  await visitor.isRefused('p_email_taken');
  await expect(page.locator('#email-error')).toHaveText(words.p_email_taken);
  await expect(email).toHaveValue(visitor.email);

  await visitor.logIn('not the password');
  await visitor.isRefused('p_bad_credentials');
  await expect(email).toHaveValue(visitor.email);
  await visitor.isAt('/login');
});
