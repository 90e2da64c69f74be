// Somebody with a browser: what people do here, in the words of the pages.

import { expect, type Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { Authenticator } from './authenticator';

export type Words = Record<string, string>;

export class Visitor {
  readonly email = `${randomUUID()}@example.org`;
  readonly password = 'nine gates on the old road';
  phone?: Authenticator;
  recoveryCodes: string[] = [];

  constructor(readonly page: Page, readonly words: Words, private readonly hasScripts: boolean) {}

  async register(password = this.password) {
    await this.page.goto('/register');
    await this.fillIn(password);
    await this.press('register_action');
  }

  async logIn(password = this.password) {
    if (new URL(this.page.url(), 'http://nowhere').pathname !== '/login') await this.page.goto('/login');
    await this.fillIn(password);
    await this.press('login_action');
  }

  async logOut() {
    await this.press('log_out');
    await this.isAt('/login');
  }

  /** Reads the key from the set-up page, as a phone would. */
  async takeKey() {
    await this.isAt('/totp-setup');
    this.phone = new Authenticator(await this.page.locator('.secret').innerText());
  }

  /** With scripts, six digits send themselves. */
  async typeCode(code: string, action: string) {
    await this.awake();
    await this.page.locator('#code').fill(code);
    if (!(this.hasScripts && /^\d{6}$/.test(code) && action !== 'sheet_action')) await this.press(action);
  }

  async typePhoneCode(action: string) {
    if (!this.phone) throw new Error('No key was taken yet.');
    await this.typeCode(await this.phone.nextCode(), action);
  }

  /** From nothing to the page of recovery codes. */
  async enrol() {
    await this.register();
    await this.isAt('/login');
    await this.logIn();
    await this.takeKey();
    await this.typePhoneCode('setup_action');
    await this.readSheet();
  }

  async readSheet() {
    await this.isAt('/recovery-codes');
    await expect(this.page.locator('.codes code')).toHaveCount(10);
    this.recoveryCodes = await this.page.locator('.codes code').allInnerTexts();
  }

  async confirmSheet() {
    await this.typeCode(this.recoveryCodes[9], 'sheet_action');
    await this.isAt('/dashboard');
  }

  /** From nothing to the dashboard. */
  async join() {
    await this.enrol();
    await this.confirmSheet();
  }

  /** `path` is matched whole: no query where none is named. */
  async isAt(path: string) {
    await expect(this.page).toHaveURL(path);
  }

  /** The summary says `word`, and whoever cannot see it is told: it has the focus. */
  async isRefused(word: string) {
    const alert = this.page.getByRole('alert');
    await expect(alert).toContainText(this.words[word]);
    await expect(alert).toBeFocused();
  }

  private async fillIn(password: string) {
    await this.awake();
    await this.page.getByLabel(this.words.email, { exact: true }).fill(this.email);
    await this.page.getByLabel(this.words.password, { exact: true }).fill(password);
  }

  /** Proves who one is, with a recovery code, and sends the form. */
  async prove(action: string, password = this.password) {
    await this.awake();
    await this.page.locator('#current-password').fill(password);
    // One that was spent by a refused try is not typed again.
    await this.page.locator('#code').fill(password === this.password ? this.recoveryCodes.shift()! : this.recoveryCodes[0]);
    await this.press(action);
  }

  async press(word: string) {
    await this.awake();
    await this.page.getByRole('button', { name: this.words[word], exact: true }).click();
  }

  /** Waits until the scripts of this page have taken over. */
  async awake() {
    if (!this.hasScripts) return;
    await this.page.waitForLoadState();
    await this.page.evaluate(() => (window as unknown as { awake: Promise<void> }).awake);
  }
}
