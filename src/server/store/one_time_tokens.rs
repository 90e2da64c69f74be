//! Tokens that travel by mail, by the digest of each.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// A token that was sent.
#[derive(Clone, sqlx::FromRow)]
pub struct OneTimeToken {
    pub digest: String,
    /// `verify_email`, `change_email`, `reset_password`, `not_me` or `undo_email`.
    pub purpose: String,
    #[sqlx(try_from = "String")]
    pub account_id: AccountId,
    /// The address it was sent to.
    pub email: String,
    #[sqlx(try_from = "i64")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub expires_at: Timestamp,
}

/// Adds a token.
pub async fn insert(db: impl AnyExecutor<'_>, new: &OneTimeToken) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO one_time_tokens (digest, purpose, account_id, email, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.digest.as_str())
    .bind(new.purpose.as_str())
    .bind(new.account_id.as_str())
    .bind(new.email.as_str())
    .bind(new.created_at.seconds())
    .bind(new.expires_at.seconds())
    .execute(db)
    .await?;
    Ok(())
}

/// A token that still works; it goes on working.
pub async fn find(
    db: impl AnyExecutor<'_>,
    digest: &str,
    purpose: &str,
    now: Timestamp,
) -> sqlx::Result<Option<OneTimeToken>> {
    sqlx::query_as(
        "SELECT digest, purpose, account_id, email, created_at, expires_at FROM one_time_tokens \
         WHERE digest = $1 AND purpose = $2 AND expires_at > $3",
    )
    .bind(digest)
    .bind(purpose)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// Spends a token; true for the one caller that spent it.
pub async fn spend(db: impl AnyExecutor<'_>, digest: &str, purpose: &str, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM one_time_tokens WHERE digest = $1 AND purpose = $2 AND expires_at > $3")
        .bind(digest)
        .bind(purpose)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How many tokens of a purpose still work.
pub async fn count_live(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    purpose: &str,
    now: Timestamp,
) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM one_time_tokens WHERE account_id = $1 AND purpose = $2 AND expires_at > $3",
    )
    .bind(account.as_str())
    .bind(purpose)
    .bind(now.seconds())
    .fetch_one(db)
    .await
}

/// When the newest token of a purpose was made.
pub async fn newest_at(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    purpose: &str,
) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<i64> = sqlx::query_scalar(
        "SELECT created_at FROM one_time_tokens WHERE account_id = $1 AND purpose = $2 ORDER BY created_at DESC LIMIT 1",
    )
    .bind(account.as_str())
    .bind(purpose)
    .fetch_optional(db)
    .await?;
    Ok(at.map(Timestamp::from))
}

/// The address that the newest token of a purpose was sent to, if it still works.
pub async fn newest_email(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    purpose: &str,
    now: Timestamp,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "SELECT email FROM one_time_tokens WHERE account_id = $1 AND purpose = $2 AND expires_at > $3 \
         ORDER BY created_at DESC, digest LIMIT 1",
    )
    .bind(account.as_str())
    .bind(purpose)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// Kills the tokens of one purpose.
pub async fn delete_of(db: impl AnyExecutor<'_>, account: &AccountId, purpose: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM one_time_tokens WHERE account_id = $1 AND purpose = $2")
        .bind(account.as_str())
        .bind(purpose)
        .execute(db)
        .await?;
    Ok(())
}

/// Kills the tokens that give power over the account. One that confirms its address only says whose
/// it is, and those of notices only take back what was done: both go on working.
pub async fn delete_powers_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM one_time_tokens WHERE account_id = $1 AND purpose IN ('change_email', 'reset_password')")
        .bind(account.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// Kills every token that somebody asked for. Those of notices go on working: else a thief would
/// only need to change the password to keep the owner from objecting.
pub async fn delete_requests_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM one_time_tokens WHERE account_id = $1 \
         AND purpose IN ('verify_email', 'change_email', 'reset_password')",
    )
    .bind(account.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// Kills the tokens of one purpose that were made at `since` or later.
pub async fn delete_younger_of(
    db: impl AnyExecutor<'_>,
    account: &AccountId,
    purpose: &str,
    since: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM one_time_tokens WHERE account_id = $1 AND purpose = $2 AND created_at >= $3")
        .bind(account.as_str())
        .bind(purpose)
        .bind(since.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Kills every token of the account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM one_time_tokens WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(())
}

/// Forgets tokens that are over.
pub async fn delete_expired(db: impl AnyExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM one_time_tokens WHERE expires_at <= $1").bind(now.seconds()).execute(db).await?;
    Ok(())
}
