// What lets an operator sleep: kills, floods, cut connections, two servers, hours of traffic. No browser.
// Short by default; `make soak` turns the knobs up (scripts/soak.sh).

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'guard',
  // One after the other: they measure.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: Number(process.env.GUARD_TIMEOUT_S ?? 180) * 1000,
  reporter: [['list']],
  outputDir: 'test-results/guard',
});
