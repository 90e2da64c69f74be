// Every journey without a mouse: Tab, Space, Enter and typing.

import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures';

/** Hands on a keyboard, nowhere else. */
class Keys {
  constructor(private readonly page: Page) {}

  async reach(target: Locator) {
    for (let presses = 0; presses < 30; presses++) {
      await this.page.keyboard.press('Tab');
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab never reached ${target}`);
  }

  async type(id: string, text: string) {
    await this.reach(this.page.locator(id));
    await this.page.keyboard.type(text);
  }

  async press(target: Locator) {
    await this.reach(target);
    await this.page.keyboard.press('Enter');
  }
}

test('the whole way by keyboard alone', async ({ page, visitor, words, javaScriptEnabled }) => {
  const keys = new Keys(page);
  const [reach, type] = [keys.reach.bind(keys), keys.type.bind(keys)];
  const button = (word: string) => page.getByRole('button', { name: words[word], exact: true });
  const sendsItself = javaScriptEnabled !== false;

  await page.goto('/login');
  await visitor.awake();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: words.skip_to_content })).toBeFocused();
  await reach(page.getByRole('link', { name: words.to_register }));
  await page.keyboard.press('Enter');
  await visitor.isAt('/register');
  await visitor.awake();
  await type('#email', visitor.email);
  await type('#password', visitor.password);
  await page.keyboard.press('Enter');
  await visitor.isAt('/login');
  await visitor.awake();
  await type('#email', visitor.email);
  await type('#password', visitor.password);
  await reach(page.getByRole('checkbox'));
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox')).toBeChecked();
  await reach(button('login_action'));
  await page.keyboard.press('Enter');
  await visitor.takeKey();
  await visitor.awake();
  await type('#code', await visitor.phone!.nextCode());
  if (!sendsItself) await page.keyboard.press('Enter');
  await visitor.readSheet();
  await visitor.awake();
  await type('#code', visitor.recoveryCodes[0].toLowerCase());
  await page.keyboard.press('Enter');
  await visitor.isAt('/dashboard');
  await visitor.awake();
  await reach(button('log_out'));
  await page.keyboard.press('Space');
  await visitor.isAt('/login');
  await visitor.awake();
  await type('#email', visitor.email);
  await type('#password', visitor.password);
  await page.keyboard.press('Enter');
  await visitor.isAt('/tfa');
  await visitor.awake();
  await type('#code', visitor.recoveryCodes[1]);
  await page.keyboard.press('Enter');
  await visitor.isAt('/dashboard');
  await visitor.awake();
  await reach(button('new_codes'));
  await page.keyboard.press('Enter');
  await visitor.readSheet();
  await visitor.awake();
  await reach(page.getByRole('link', { name: words.security_title, exact: true }));
  await page.keyboard.press('Enter');
  await visitor.isAt('/security');
  await visitor.awake();
  await reach(page.getByRole('link', { name: words.change_password_title, exact: true }));
  await page.keyboard.press('Enter');
  await visitor.isAt('/security/password');
  await visitor.awake();
  await type('#current-password', visitor.password);
  await type('#password', `${visitor.password} anew`);
  await type('#code', visitor.recoveryCodes[0]);
  await page.keyboard.press('Enter');
  await visitor.isAt('/security');
  await expect(page.getByRole('status')).toHaveText(words.n_password_changed);
});

test('looking after an account by keyboard alone', async ({ page, visitor, words }) => {
  await visitor.join();
  const keys = new Keys(page);
  const link = (word: string) => page.getByRole('link', { name: words[word], exact: true });
  const button = (word: string) => page.getByRole('button', { name: words[word], exact: true });
  const follow = async (word: string, path: string) => {
    await visitor.awake();
    await keys.press(link(word));
    await visitor.isAt(path);
    await visitor.awake();
  };
  await follow('security_title', '/security');
  await follow('change_email_title', '/security/email');
  // What stands there is selected when Tab comes to it.
  await keys.type('#email', `new-${visitor.email}`);
  await page.keyboard.press('Enter');
  await visitor.isAt('/security');
  await visitor.awake();
  await keys.press(button('email_cancel'));
  await expect(page.getByText(`new-${visitor.email}`)).toHaveCount(0);
  await follow('replace_title', '/security/authenticator');
  await keys.type('#current-password', visitor.password);
  await keys.type('#code', visitor.recoveryCodes.shift()!);
  await page.keyboard.press('Enter');
  await visitor.isAt('/totp-setup');
  await page.goto('/sessions');
  await visitor.awake();
  await follow('activity_title', '/activity');
  await keys.reach(button('not_me_action'));
  await follow('account_title', '/account');
  await follow('leave_title', '/account/delete');
  await keys.type('#current-password', visitor.password);
  await keys.type('#code', visitor.recoveryCodes.shift()!);
  await page.keyboard.press('Enter');
  await visitor.isAt('/login');
  await expect(page.getByRole('status')).toHaveText(words.n_left);
});
