//! Digests of recovery codes.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// Keeps the digest of one new code.
pub async fn insert(db: impl AnyExecutor<'_>, account: &AccountId, digest: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO recovery_codes (digest, account_id, created_at) VALUES ($1, $2, $3)")
        .bind(digest)
        .bind(account.as_str())
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Spends a code; false if it is unknown or spent.
pub async fn spend(db: impl AnyExecutor<'_>, account: &AccountId, digest: &str, now: Timestamp) -> sqlx::Result<bool> {
    let done =
        sqlx::query("UPDATE recovery_codes SET used_at = $3 WHERE digest = $2 AND account_id = $1 AND used_at IS NULL")
            .bind(account.as_str())
            .bind(digest)
            .bind(now.seconds())
            .execute(db)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// How many codes are left.
pub async fn count_left(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL")
        .bind(account.as_str())
        .fetch_one(db)
        .await
}

/// Forgets every code of the account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(())
}

/// Notes when the owner showed that the codes were kept; `None` for a set nobody has confirmed.
pub async fn set_confirmed(db: impl AnyExecutor<'_>, account: &AccountId, at: Option<Timestamp>) -> sqlx::Result<()> {
    sqlx::query("UPDATE accounts SET recovery_codes_confirmed_at = $2 WHERE id = $1")
        .bind(account.as_str())
        .bind(at.map(Timestamp::seconds))
        .execute(db)
        .await?;
    Ok(())
}

/// When the owner confirmed the codes, in seconds since 1970.
pub async fn confirmed_at(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT recovery_codes_confirmed_at FROM accounts WHERE id = $1")
        .bind(account.as_str())
        .fetch_one(db)
        .await
}
