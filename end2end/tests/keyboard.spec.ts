// Every journey without a mouse: Tab, Space, Enter and typing.

import { expect, test } from '../fixtures';

test('the whole way by keyboard alone', async ({ page, visitor, words, javaScriptEnabled }) => {
  const reach = async (target: ReturnType<typeof page.locator>) => {
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press('Tab');
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`Tab never reached ${target}`);
  };
  const type = async (id: string, text: string) => {
    await reach(page.locator(id));
    await page.keyboard.type(text);
  };
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
