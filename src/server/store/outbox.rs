//! Messages on their way.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// A message to be delivered.
pub struct NewMessage<'a> {
    pub id: &'a str,
    /// What it tells, in a word of `mail`.
    pub kind: &'a str,
    pub sealed_message: &'a str,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

/// A message whose delivery this process has taken on.
#[derive(sqlx::FromRow)]
pub struct Claimed {
    pub id: String,
    pub kind: String,
    pub sealed_message: String,
    pub tries: i64,
    #[sqlx(try_from = "i64")]
    pub expires_at: Timestamp,
}

/// Adds a message, due at once.
pub async fn insert(db: impl AnyExecutor<'_>, new: NewMessage<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO outbox (id, kind, sealed_message, created_at, expires_at, next_try_at) \
         VALUES ($1, $2, $3, $4, $5, $4)",
    )
    .bind(new.id)
    .bind(new.kind)
    .bind(new.sealed_message)
    .bind(new.now.seconds())
    .bind(new.expires_at.seconds())
    .execute(db)
    .await?;
    Ok(())
}

/// The ids of messages that are due, oldest first; those that failed before come after the others.
pub async fn due(db: impl AnyExecutor<'_>, now: Timestamp, limit: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT id FROM outbox WHERE next_try_at <= $1 AND delivered_at IS NULL AND sealed_message IS NOT NULL \
         ORDER BY tries, created_at, id LIMIT CAST($2 AS BIGINT)",
    )
    .bind(now.seconds())
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Takes on a delivery until `next_try_at`; `None` if another process was quicker.
pub async fn claim(
    db: impl AnyExecutor<'_>,
    id: &str,
    now: Timestamp,
    next_try_at: Timestamp,
) -> sqlx::Result<Option<Claimed>> {
    sqlx::query_as(
        "UPDATE outbox SET tries = tries + 1, next_try_at = $3 WHERE id = $1 AND next_try_at <= $2 \
         AND delivered_at IS NULL AND sealed_message IS NOT NULL RETURNING id, kind, sealed_message, tries, expires_at",
    )
    .bind(id)
    .bind(now.seconds())
    .bind(next_try_at.seconds())
    .fetch_optional(db)
    .await
}

/// Notes that a message was delivered and erases it.
pub async fn delivered(db: impl AnyExecutor<'_>, id: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE outbox SET delivered_at = $2, sealed_message = NULL WHERE id = $1")
        .bind(id)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Gives a claimed delivery back until `next_try_at`.
pub async fn postpone(db: impl AnyExecutor<'_>, id: &str, next_try_at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE outbox SET next_try_at = $2 WHERE id = $1")
        .bind(id)
        .bind(next_try_at.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a message was given up and erases it.
pub async fn drop(db: impl AnyExecutor<'_>, id: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE outbox SET dropped_at = $2, sealed_message = NULL WHERE id = $1")
        .bind(id)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// A message as the operator sees it.
#[derive(sqlx::FromRow)]
pub struct Row {
    pub id: String,
    pub kind: String,
    #[sqlx(try_from = "i64")]
    pub created_at: Timestamp,
    pub tries: i64,
    pub delivered_at: Option<i64>,
    pub dropped_at: Option<i64>,
}

/// The newest messages, newest first.
pub async fn list(db: impl AnyExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as(
        "SELECT id, kind, created_at, tries, delivered_at, dropped_at FROM outbox ORDER BY created_at DESC, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

/// The sealed text of a message that waits.
pub async fn waiting(db: impl AnyExecutor<'_>, id: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT sealed_message FROM outbox WHERE id = $1 AND sealed_message IS NOT NULL")
        .bind(id)
        .fetch_optional(db)
        .await
}

/// How many messages wait that were tried at least `min_tries` times.
pub async fn count_waiting(db: impl AnyExecutor<'_>, min_tries: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL AND sealed_message IS NOT NULL AND tries >= $1",
    )
    .bind(min_tries)
    .fetch_one(db)
    .await
}

/// When the oldest waiting message was written.
pub async fn oldest_waiting(db: impl AnyExecutor<'_>) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<i64> = sqlx::query_scalar(
        "SELECT created_at FROM outbox WHERE delivered_at IS NULL AND sealed_message IS NOT NULL \
         ORDER BY created_at LIMIT 1",
    )
    .fetch_optional(db)
    .await?;
    Ok(at.map(Timestamp::from))
}
