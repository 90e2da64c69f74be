// Every page in every light: what it looks like, and that everybody can use it.

import { AxeBuilder } from '@axe-core/playwright';
import { fileURLToPath } from 'node:url';
import { expect, MISSING, test } from '../fixtures';

const folder = fileURLToPath(new URL('../screenshots', import.meta.url));

for (const width of [360, 1280]) {
  for (const theme of ['light', 'dark']) {
    test(`${theme} pages at ${width} px`, async ({ page, visitor, words, language }) => {
      test.setTimeout(300_000); // some twenty pages, each looked at by axe
      const titles = new Map<string, string>();
      const look = async (name: string) => {
        await visitor.awake();
        await page.screenshot({ path: `${folder}/${language}/${name}-${width}-${theme}.png`, fullPage: true, animations: 'disabled' });
        await expect.soft(page.locator('html'), name).toHaveAttribute('lang', language);
        await expect.soft(page.locator('html'), name).toHaveAttribute('data-theme', theme);
        await expect.soft(page.locator('h1'), name).toHaveCount(1);
        const hidden = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(hidden, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
        expect.soft(told, name).toEqual([]);
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
