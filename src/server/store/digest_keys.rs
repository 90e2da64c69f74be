//! Keys of digests, sealed.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// A key as it stands in the database.
#[derive(Clone, sqlx::FromRow)]
pub struct StoredDigestKey {
    /// Purpose and number: the owner of the seal.
    pub id: String,
    /// `audit`, `limits`, `recovery_codes` or `settings`.
    pub purpose: String,
    /// Counted from 1; the newest one of a purpose is used.
    pub number: i64,
    pub sealed_key: String,
}

/// Adds a key unless there is one of this purpose and number.
pub async fn claim(db: impl AnyExecutor<'_>, new: &StoredDigestKey, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO digest_keys (id, purpose, number, sealed_key, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(new.id.as_str())
    .bind(new.purpose.as_str())
    .bind(new.number)
    .bind(new.sealed_key.as_str())
    .bind(now.seconds())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The keys of a purpose, the newest first.
pub async fn of(db: impl AnyExecutor<'_>, purpose: &str) -> sqlx::Result<Vec<StoredDigestKey>> {
    sqlx::query_as("SELECT id, purpose, number, sealed_key FROM digest_keys WHERE purpose = $1 ORDER BY number DESC")
        .bind(purpose)
        .fetch_all(db)
        .await
}
