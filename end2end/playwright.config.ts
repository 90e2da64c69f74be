import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';
import type { Settings } from './fixtures';

const installed = '/usr/bin/chromium';
const locales = { en: 'en-US', ja: 'ja-JP' };

const projects = Object.entries(locales).flatMap(([language, locale]) =>
  [true, false].map((javaScriptEnabled) => ({
    name: `${javaScriptEnabled ? 'js' : 'nojs'}-${language}`,
    // Screenshots and axe need scripts; what they see is the same markup either way.
    testIgnore: javaScriptEnabled ? [] : ['pages.spec.ts'],
    use: { language, locale, javaScriptEnabled },
  })),
);

export default defineConfig<Settings>({
  testDir: 'tests',
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: existsSync(installed) ? installed : undefined,
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync',
      ],
    },
  },
  projects,
});
