//! Rows that are over.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// What is swept, each by one statement: `$1` is the present second, `$2` how many rows at most.
///
/// The last one takes accounts that were made while their address had to be verified (`verify_by`),
/// and neither verified nor ever logged in to: somebody else's address, most likely.
pub const OVER: [&str; 8] = [
    "DELETE FROM sessions WHERE digest IN \
     (SELECT digest FROM sessions WHERE expires_at <= $1 OR last_seen_at + idle_s <= $1 LIMIT $2)",
    "DELETE FROM pending_logins WHERE digest IN (SELECT digest FROM pending_logins WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM enrolments WHERE holder IN (SELECT holder FROM enrolments WHERE expires_at <= $1 LIMIT $2)",
    "DELETE FROM one_time_tokens WHERE digest IN (SELECT digest FROM one_time_tokens WHERE expires_at <= $1 LIMIT $2)",
    // Nobody could look into it for an hour: who asked has asked again. Nobody registers again: it waits
    // as long as its account, a week.
    "DELETE FROM link_requests WHERE id IN (SELECT id FROM link_requests \
     WHERE asked_at <= $1 - 3600 AND (purpose <> 'registration' OR asked_at <= $1 - 604800) LIMIT $2)",
    // Delivered or dropped: erased then, forgotten after 30 days.
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox \
     WHERE sealed_message IS NULL AND created_at <= $1 - 2592000 LIMIT $2)",
    "UPDATE outbox SET sealed_message = NULL, dropped_at = $1 WHERE id IN \
     (SELECT id FROM outbox WHERE sealed_message IS NOT NULL AND expires_at <= $1 AND next_try_at <= $1 LIMIT $2)",
    "DELETE FROM accounts WHERE verified_at IS NULL AND id IN (SELECT id FROM accounts \
     WHERE verify_by <= $1 AND verified_at IS NULL AND superuser_at IS NULL AND NOT EXISTS (SELECT 1 FROM events \
     WHERE account_id = accounts.id AND kind IN ('logged_in', 'logged_in_with_recovery_code')) LIMIT $2)",
];

/// Runs one of [`OVER`]; tells how many rows went.
pub async fn delete(db: impl AnyExecutor<'_>, what: &'static str, now: Timestamp, limit: i64) -> sqlx::Result<u64> {
    let done = sqlx::query(what).bind(now.seconds()).bind(limit).execute(db).await?;
    Ok(done.rows_affected())
}
