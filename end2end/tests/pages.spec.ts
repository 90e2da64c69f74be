// Every page in every light: what it looks like, and that everybody can use it.

import { expect, MISSING, test } from '../fixtures';
import { look as lookAt } from '../look';
import { startServer } from '../server';

for (const width of [360, 1280]) {
  for (const theme of ['light', 'dark']) {
    test(`${theme} pages at ${width} px`, async ({ page, visitor, words, language }) => {
      test.setTimeout(300_000); // some twenty pages, each looked at by axe
      const titles = new Map<string, string>();
      const look = async (name: string) => {
        await visitor.awake();
        await lookAt(page, name, language);
        await expect.soft(page.locator('html'), name).toHaveAttribute('data-theme', theme);
        titles.set(name, await page.title());
      };

      await page.setViewportSize({ width, height: 800 });
      await page.goto('/login');
      await page.getByRole('button', { name: words[`theme_${theme}`], exact: true }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);

      await look('login');
      await page.goto(MISSING);
      await look('not-found');
      await page.goto('/preferences');
      await look('wrong-method');
      await page.goto('/register');
      await look('register');
      for (const path of ['/forgot-password', '/reset-password', '/verify-email', '/not-me', '/undo-email']) {
        await page.goto(path);
        await look(path.slice(1));
      }
      await visitor.register();
      await visitor.isAt('/login');
      await visitor.logIn();
      await visitor.takeKey();
      await look('totp-setup');
      await visitor.typePhoneCode('setup_action');
      await visitor.readSheet();
      await look('recovery-codes');
      await visitor.confirmSheet();
      await look('dashboard');
      for (const path of [
        '/security', '/security/password', '/security/email', '/security/authenticator', '/sessions', '/activity', '/account',
        '/account/delete', '/confirm?next=%2Fsecurity',
      ]) {
        await page.goto(path);
        await look(path.slice(1).replace('/', '-').replace(/\?.*/, ''));
      }
      await visitor.logOut();
      await visitor.logIn();
      await visitor.isAt('/tfa');
      await look('tfa');
      titles.delete('wrong-method'); // it says the same as the one above
      expect(new Set(titles.values()).size, [...titles.values()].join(', ')).toBe(titles.size);

      await visitor.typeCode(visitor.phone!.wrongCode(), 'tfa_action');
      await visitor.isRefused('p_wrong_code');
      await look('tfa-refused');
    });
  }
}

const optional = test.extend<object, { server: Awaited<ReturnType<typeof startServer>> }>({
  server: [async ({}, use) => {
    const server = await startServer({ settings: { SEKISHO_SECOND_FACTOR: 'optional' } });
    await use(server);
    await server.stop();
  }, { scope: 'worker' }],
});

optional('what is there only where the second factor is a choice', async ({ page, visitor, language }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await visitor.register('fifteen characters and more');
  await visitor.isAt('/login');
  await visitor.logIn('fifteen characters and more');
  await visitor.isAt('/dashboard');
  await visitor.awake();
  await lookAt(page, 'dashboard-one-factor', language);
  await page.goto('/security');
  await visitor.awake();
  await lookAt(page, 'security-one-factor', language);
  await visitor.press('turn_on');
  await visitor.takeKey();
  await visitor.typePhoneCode('setup_action');
  await visitor.readSheet();
  await visitor.confirmSheet();
  await page.goto('/security/remove-authenticator');
  await visitor.awake();
  await lookAt(page, 'security-remove-authenticator', language);
});
