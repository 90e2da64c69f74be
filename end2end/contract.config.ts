// The API as its clients see it: no browser, both profiles, both databases.

import { defineConfig } from '@playwright/test';
import type { Ground } from './contract/ground';

const databases = process.env.TEST_DATABASE_URL ? ['sqlite', 'postgres'] as const : ['sqlite'] as const;
const profiles = ['strict', 'fastapi_users'] as const;

export default defineConfig<object, Ground>({
  testDir: 'contract',
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  reporter: [['dot']],
  outputDir: 'test-results/contract',
  projects: profiles.flatMap((profile) =>
    databases.map((database) => ({ name: `${profile}-${database}`, use: { profile, database } })),
  ),
});
