//! The history of an account; only ever added to.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// Something that happened.
#[derive(sqlx::FromRow)]
pub struct Event {
    #[sqlx(try_from = "i64")]
    pub at: Timestamp,
    pub kind: String,
    pub address: String,
    pub agent: String,
}

/// Adds to the history of an account.
pub async fn insert(db: impl AnyExecutor<'_>, account: &AccountId, event: &Event) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO events (id, account_id, at, kind, address, agent, nth) VALUES ($1, $2, $3, $4, $5, $6, \
         (SELECT COALESCE(MAX(nth), 0) + 1 FROM events WHERE account_id = $2))",
    )
    .bind(uuid::Uuid::new_v4().to_string())
    .bind(account.as_str())
    .bind(event.at.seconds())
    .bind(event.kind.as_str())
    .bind(event.address.as_str())
    .bind(event.agent.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// The newest events of an account, newest first.
pub async fn newest(db: impl AnyExecutor<'_>, account: &AccountId, limit: i64) -> sqlx::Result<Vec<Event>> {
    sqlx::query_as("SELECT at, kind, address, agent FROM events WHERE account_id = $1 ORDER BY nth DESC, id LIMIT $2")
        .bind(account.as_str())
        .bind(limit)
        .fetch_all(db)
        .await
}

/// The newest log-in but the one of `own` (whose event is written within the second that follows).
pub async fn last_login_but(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    own: Timestamp,
) -> sqlx::Result<Option<Event>> {
    sqlx::query_as(
        "SELECT at, kind, address, agent FROM events WHERE account_id = $1 AND \
         (kind = 'logged_in' OR kind = 'logged_in_with_recovery_code') AND (at < $2 OR at > $2 + 1) \
         ORDER BY nth DESC, id LIMIT 1",
    )
    .bind(account.as_str())
    .bind(own.seconds())
    .fetch_optional(db)
    .await
}
