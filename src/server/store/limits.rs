//! Counters of guesses and requests.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// What a counter stands at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    pub failures: i64,
    /// Seconds since 1970; what it means is a matter of the rule.
    pub until: i64,
    /// A refusal was written down, and the next one is from then on.
    pub told_until: i64,
}

/// What a counter stands at; `None` where nothing was counted.
pub async fn find(db: impl AnyExecutor<'_>, name: &str) -> sqlx::Result<Option<Count>> {
    sqlx::query_as("SELECT failures, until, told_until FROM limits WHERE name = $1").bind(name).fetch_optional(db).await
}

/// The same, for a transaction that will write it: whoever asks next waits for that. Makes it where it is none.
pub async fn lock(db: impl AnyExecutor<'_>, name: &str, kind: &str) -> sqlx::Result<Count> {
    sqlx::query_as(
        "INSERT INTO limits (name, kind, failures, until, told_until, forget_at) VALUES ($1, $2, 0, 0, 0, 0) \
         ON CONFLICT (name) DO UPDATE SET failures = limits.failures RETURNING failures, until, told_until",
    )
    .bind(name)
    .bind(kind)
    .fetch_one(db)
    .await
}

/// Moves a counter on; false if it does not stand at `before` any more.
pub async fn advance(
    db: impl AnyExecutor<'_>,
    name: &str,
    before: Count,
    after: Count,
    forget_at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE limits SET failures = $4, until = $5, told_until = $6, forget_at = $7 \
         WHERE name = $1 AND failures = $2 AND until = $3",
    )
    .bind(name)
    .bind(before.failures)
    .bind(before.until)
    .bind(after.failures)
    .bind(after.until)
    .bind(after.told_until)
    .bind(forget_at.seconds())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets a counter, and tells the failures it stood at.
pub async fn delete(db: impl AnyExecutor<'_>, name: &str) -> sqlx::Result<i64> {
    let failures: Option<i64> = sqlx::query_scalar("DELETE FROM limits WHERE name = $1 RETURNING failures")
        .bind(name)
        .fetch_optional(db)
        .await?;
    Ok(failures.unwrap_or(0))
}

/// How many counters of a kind there are.
pub async fn count(db: impl AnyExecutor<'_>, kind: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM limits WHERE kind = $1").bind(kind).fetch_one(db).await
}

/// The names of counters that say no more than none would.
pub async fn over(db: impl AnyExecutor<'_>, now: Timestamp, limit: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("SELECT name FROM limits WHERE forget_at <= $1 ORDER BY forget_at LIMIT $2")
        .bind(now.seconds())
        .bind(limit)
        .fetch_all(db)
        .await
}

/// Forgets one of them, unless it was moved on meanwhile.
pub async fn delete_over(db: impl AnyExecutor<'_>, name: &str, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM limits WHERE name = $1 AND forget_at <= $2")
        .bind(name)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
