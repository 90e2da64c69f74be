// What a page looks like, and whether everybody can use it.

import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./screenshots', import.meta.url));

/** Keeps a picture, and judges: language, one heading, nothing sideways, axe, and the keyboard alone. */
export async function look(page: Page, name: string, language: string) {
  const theme = await page.locator('html').getAttribute('data-theme') ?? 'light';
  const width = page.viewportSize()!.width;
  await page.screenshot({
    path: `${folder}/${language}/${name}-${width}-${theme}.png`, fullPage: true, animations: 'disabled',
  });
  await expect.soft(page.locator('html'), name).toHaveAttribute('lang', language);
  await expect.soft(page.locator('h1'), name).toHaveCount(1);
  const hidden = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(hidden, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect.soft(told, name).toEqual([]);
  if (theme === 'light') await tabThrough(page, name); // colours change nothing about it
}

/** Tab reaches every control in the order of the page, and shows each time where it is. */
async function tabThrough(page: Page, name: string) {
  const count = await page.evaluate(() => {
    const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea')]
      .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !(control as HTMLButtonElement).disabled);
    controls.forEach((control, nth) => { control.dataset.nth = String(nth); });
    document.body.tabIndex = -1; // Tab goes on from here
    document.body.focus();
    document.body.removeAttribute('tabindex');
    return controls.length;
  });
  const reached: string[] = [];
  for (let nth = 0; nth < count; nth++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => {
      const control = document.activeElement as HTMLElement;
      const { outlineStyle, boxShadow } = getComputedStyle(control);
      const isShown = outlineStyle !== 'none' || boxShadow !== 'none';
      return `${control.dataset.nth ?? control.outerHTML}${isShown ? '' : ' without a sign'}`;
    }));
  }
  expect.soft(reached, `${name} by keyboard`).toEqual([...Array(count).keys()].map(String));
}
