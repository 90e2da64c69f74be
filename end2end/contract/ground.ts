// What every test starts with: a profile, a database, servers made when they are asked for, and people
// whom tests may ask but not change.

import { expect, test as base } from '@playwright/test';
import { startServer, type Server } from '../server';
import { Api } from './api';
import { Person } from './people';

export interface Ground {
  profile: 'strict' | 'fastapi_users';
  database: 'sqlite' | 'postgres';
}

interface Shared extends Ground {
  /** The server with these settings besides the profile; one a worker. */
  launch: (settings?: Record<string, string>) => Promise<Server>;
  /** With default settings. */
  server: Server;
  /** Enrolled. Tests change nothing about her. */
  ada: Person;
  /** A superuser with a second factor. Tests change nothing about her. */
  root: Person;
}

export const test = base.extend<{ api: Api }, Shared>({
  profile: ['strict', { option: true, scope: 'worker' }],
  database: ['sqlite', { option: true, scope: 'worker' }],

  launch: [async ({ profile, database }, use) => {
    const servers = new Map<string, Promise<Server>>();
    await use((settings = {}) => {
      const name = JSON.stringify(settings);
      const all = { SEKISHO_API_COMPAT: profile, ...settings };
      const server = servers.get(name) ?? startServer({ settings: all, postgres: database === 'postgres' });
      servers.set(name, server);
      return server;
    });
    await Promise.all([...servers.values()].map(async (server) => (await server).stop()));
  }, { scope: 'worker' }],

  server: [async ({ launch }, use) => use(await launch()), { scope: 'worker' }],
  ada: [async ({ server }, use) => use(await Person.enrolled(new Api(server))), { scope: 'worker' }],
  root: [async ({ server }, use) => use(await Person.superuser(server)), { scope: 'worker' }],
  api: async ({ server }, use) => use(new Api(server)),
});

/** Lets time pass for one account: all that the server remembers of it is so much older. */
export async function wait(person: Person, seconds: number) {
  const own = `WHERE account_id = (SELECT id FROM accounts WHERE email_key = '${person.email}')`;
  const older = (table: string, ...times: string[]) =>
    `UPDATE ${table} SET ${times.map((time) => `${time} = ${time} - ${seconds}`).join(', ')} ${own};`;
  await person.api.server.database.run([
    older('sessions', 'created_at', 'proved_at', 'last_seen_at', 'expires_at'),
    older('pending_logins', 'expires_at'),
    older('enrolments', 'expires_at'),
    older('one_time_tokens', 'created_at', 'expires_at'),
  ].join(' '));
}

export { expect };
