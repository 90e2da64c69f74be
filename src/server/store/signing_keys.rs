//! Signing keys of access tokens, sealed.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// A key as it stands in the database.
#[derive(Clone, sqlx::FromRow)]
pub struct StoredKey {
    /// Names the key in tokens and in the key set.
    pub kid: String,
    pub sealed_secret: String,
    #[sqlx(try_from = "i64")]
    pub created_at: Timestamp,
    /// Seconds since 1970; from then on it signs nothing.
    pub retired_at: Option<i64>,
}

/// Adds a key.
pub async fn insert(db: impl AnyExecutor<'_>, new: &StoredKey) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO signing_keys (kid, sealed_secret, created_at) VALUES ($1, $2, $3)")
        .bind(new.kid.as_str())
        .bind(new.sealed_secret.as_str())
        .bind(new.created_at.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Every key that is not retired since before `retired_after`, the newest first.
pub async fn usable(db: impl AnyExecutor<'_>, retired_after: Timestamp) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as(
        "SELECT kid, sealed_secret, created_at, retired_at FROM signing_keys \
         WHERE retired_at IS NULL OR retired_at > $1 ORDER BY retired_at IS NOT NULL, created_at DESC, kid",
    )
    .bind(retired_after.seconds())
    .fetch_all(db)
    .await
}

/// Retires every key but `kept`.
pub async fn retire_others(db: impl AnyExecutor<'_>, kept: &str, now: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query("UPDATE signing_keys SET retired_at = $2 WHERE kid <> $1 AND retired_at IS NULL")
        .bind(kept)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Forgets keys retired at `retired_until` or before: no token of theirs lives.
pub async fn delete_retired(db: impl AnyExecutor<'_>, retired_until: Timestamp) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM signing_keys WHERE retired_at <= $1")
        .bind(retired_until.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}
