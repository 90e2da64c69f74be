//! The history of an account; only ever added to. Where an event came from stands beside it, so
//! that it can be erased with the account.

use crate::model::{AccountId, Timestamp};
use sqlx::AnyConnection;
use sqlx::any::AnyExecutor;

/// Something that happened.
#[derive(sqlx::FromRow)]
pub struct Event {
    #[sqlx(try_from = "i64")]
    pub at: Timestamp,
    pub kind: String,
    pub address: String,
    pub agent: String,
    /// Its place in the history of its account, counted from 1.
    pub nth: i64,
}

/// An event to be written, with what proves later that it is as it was written.
pub struct NewEvent<'a> {
    pub id: &'a str,
    pub account: &'a AccountId,
    pub at: Timestamp,
    pub kind: &'a str,
    /// The digest of the personal part.
    pub origin_digest: &'a str,
    pub proof: &'a str,
    pub origin: NewOrigin<'a>,
}

/// The personal part of an event.
pub struct NewOrigin<'a> {
    pub address: &'a str,
    pub agent: &'a str,
    /// The key of its digest.
    pub salt: &'a str,
}

/// Two statements that write an event: the row and its personal part.
type Statements = [&'static str; 2];

const OF_ACCOUNTS: Statements = [
    "INSERT INTO events (id, account_id, at, kind, nth, origin_digest, proof) VALUES ($1, $2, $3, $4, \
     (SELECT COALESCE(MAX(nth), 0) + 1 FROM events WHERE account_id = $2), $5, $6)",
    "INSERT INTO event_origins (event_id, account_id, address, agent, salt) VALUES ($1, $2, $3, $4, $5)",
];

const OF_NOBODY: Statements = [
    "INSERT INTO nobodys_events (id, account_id, at, kind, nth, origin_digest, proof) VALUES ($1, $2, $3, $4, \
     (SELECT COALESCE(MAX(nth), 0) + 1 FROM nobodys_events WHERE account_id = $2), $5, $6)",
    "INSERT INTO nobodys_origins (event_id, account_id, address, agent, salt) VALUES ($1, $2, $3, $4, $5)",
];

/// Adds to the history of an account.
pub async fn insert(db: &mut AnyConnection, new: &NewEvent<'_>) -> sqlx::Result<()> {
    write(db, OF_ACCOUNTS, new).await
}

/// The same work for an account that there is not; see [`delete_nobodys`].
pub async fn insert_nobodys(db: &mut AnyConnection, new: &NewEvent<'_>) -> sqlx::Result<()> {
    write(db, OF_NOBODY, new).await
}

async fn write(db: &mut AnyConnection, [event, origin]: Statements, new: &NewEvent<'_>) -> sqlx::Result<()> {
    sqlx::query(event)
        .bind(new.id)
        .bind(new.account.as_str())
        .bind(new.at.seconds())
        .bind(new.kind)
        .bind(new.origin_digest)
        .bind(new.proof)
        .execute(&mut *db)
        .await?;
    let NewOrigin { address, agent, salt } = new.origin;
    sqlx::query(origin)
        .bind(new.id)
        .bind(new.account.as_str())
        .bind(address)
        .bind(agent)
        .bind(salt)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes what [`insert_nobodys`] wrote before `now`; tells how many events that were, at most `limit`.
pub async fn delete_nobodys(db: impl AnyExecutor<'_>, now: Timestamp, limit: i64) -> sqlx::Result<u64> {
    let query = "DELETE FROM nobodys_events WHERE id IN (SELECT id FROM nobodys_events WHERE at < $1 LIMIT $2)";
    Ok(sqlx::query(query).bind(now.seconds()).bind(limit).execute(db).await?.rows_affected())
}

/// The newest events of an account whose place is before `before`, newest first.
pub async fn newest(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    before: i64,
    limit: i64,
) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as(
        "SELECT at, kind, address, agent, nth FROM events e JOIN event_origins o ON o.event_id = e.id \
         WHERE e.account_id = $1 AND nth < $2 ORDER BY nth DESC, e.id LIMIT CAST($3 AS BIGINT)",
    )
    .bind(account.as_str())
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// The newest event of a kind.
pub async fn newest_of(db: impl AnyExecutor<'_>, account: &AccountId, kind: &str) -> sqlx::Result<Option<Event>> {
    sqlx::query_as(
        "SELECT at, kind, address, agent, nth FROM events e JOIN event_origins o ON o.event_id = e.id \
         WHERE e.account_id = $1 AND kind = $2 ORDER BY nth DESC, e.id LIMIT 1",
    )
    .bind(account.as_str())
    .bind(kind)
    .fetch_optional(db)
    .await
}

/// True if somebody ever logged in.
pub async fn has_logged_in(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT nth FROM events WHERE account_id = $1 AND (kind = 'logged_in' OR kind = 'logged_in_with_recovery_code') \
         LIMIT 1",
    )
    .bind(account.as_str())
    .fetch_optional(db)
    .await?;
    Ok(found.is_some())
}

/// The newest log-in but the one of `own` (whose event is written within the second that follows).
pub async fn last_login_but(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    own: Timestamp,
) -> sqlx::Result<Option<Event>> {
    // The place of the newest of each kind first, so that neither is looked for among all the others.
    sqlx::query_as(
        "SELECT at, kind, address, agent, nth FROM events e JOIN event_origins o ON o.event_id = e.id \
         WHERE e.account_id = $1 AND (kind = 'logged_in' OR kind = 'logged_in_with_recovery_code') \
         AND (at < $2 OR at > $2 + 1) AND nth IN (\
           (SELECT MAX(nth) FROM events WHERE account_id = $1 AND kind = 'logged_in' AND (at < $2 OR at > $2 + 1)), \
           (SELECT MAX(nth) FROM events WHERE account_id = $1 AND kind = 'logged_in_with_recovery_code' \
             AND (at < $2 OR at > $2 + 1))) \
         ORDER BY nth DESC, e.id LIMIT 1",
    )
    .bind(account.as_str())
    .bind(own.seconds())
    .fetch_optional(db)
    .await
}
