// What is true of every database of ours at every moment, whatever was cut or killed on the way there.

import type { Database } from '../database';

/** Each asks for what must not be. */
const NEVER: Record<string, string> = {
  'an account without a hash': "SELECT id FROM accounts WHERE password_hash NOT LIKE '$argon2id$%'",
  'an account without a history':
    "SELECT id FROM accounts WHERE id NOT IN (SELECT account_id FROM events WHERE kind = 'registered')",
  'a session without a second factor':
    'SELECT digest FROM sessions WHERE account_id NOT IN (SELECT account_id FROM authenticators)',
  'an authenticator without recovery codes':
    'SELECT account_id FROM authenticators WHERE account_id NOT IN (SELECT account_id FROM recovery_codes)',
  'an authenticator without a history':
    "SELECT account_id FROM authenticators WHERE account_id NOT IN (SELECT account_id FROM events WHERE kind = 'second_factor_on')",
  'a set of recovery codes that is not ten':
    'SELECT account_id FROM recovery_codes GROUP BY account_id HAVING COUNT(*) <> 10',
  'more sessions than an account may have': 'SELECT account_id FROM sessions GROUP BY account_id HAVING COUNT(*) > 50',
  'a mail kept after it left': 'SELECT id FROM outbox WHERE delivered_at IS NOT NULL AND sealed_message IS NOT NULL',
  'a mail lost before it left':
    'SELECT id FROM outbox WHERE delivered_at IS NULL AND dropped_at IS NULL AND sealed_message IS NULL',
};

/** Where addresses must be confirmed, also these. */
const NEVER_UNCONFIRMED: Record<string, string> = {
  'an unconfirmed account without a link, made or asked for': `SELECT id FROM accounts WHERE verified_at IS NULL
    AND id NOT IN (SELECT account_id FROM one_time_tokens WHERE purpose = 'verify_email')
    AND email_key NOT IN (SELECT email_key FROM link_requests WHERE purpose = 'registration')`,
};

/** Sentences about what must not be and is. */
export async function broken(database: Database): Promise<string[]> {
  const inTurns = database.url.startsWith('sqlite:') ? NEVER_IN_TURNS : {};
  const found = await Promise.all(Object.entries({ ...NEVER, ...NEVER_UNCONFIRMED, ...inTurns }).map(async ([what, sql]) => {
    const rows = await database.ask(sql);
    return rows.length ? [`${what}: ${rows.length}`] : [];
  }));
  return [...found.flat(), ...await unsound(database)];
}

/** One after the other, there are no two events at one place; on PostgreSQL those of one moment may share one. */
const NEVER_IN_TURNS: Record<string, string> = {
  'an event that happened twice at one place': 'SELECT account_id FROM events GROUP BY account_id, nth HAVING COUNT(*) > 1',
};

/** What SQLite says of its own file. */
async function unsound(database: Database): Promise<string[]> {
  if (!database.url.startsWith('sqlite:')) return [];
  const [integrity, strangers] = await Promise.all([
    database.ask('PRAGMA integrity_check'), database.ask('PRAGMA foreign_key_check'),
  ]);
  return [...integrity.filter((line) => line !== 'ok'), ...strangers.map((table) => `a row of ${table} without an account`)];
}
