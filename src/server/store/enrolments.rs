//! Secrets shown and not yet confirmed.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// A secret waiting for its first code.
pub struct NewEnrolment<'a> {
    /// Digest of the pending login or session that asked.
    pub holder: &'a str,
    pub account: &'a AccountId,
    pub sealed_secret: &'a str,
    pub expires_at: Timestamp,
    /// `first` or `replacement`.
    pub kind: &'a str,
}

/// Keeps a secret for its holder in place of any earlier one.
pub async fn put(db: impl AnyExecutor<'_>, new: NewEnrolment<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO enrolments (holder, account_id, sealed_secret, expires_at, kind) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (holder) DO UPDATE SET sealed_secret = excluded.sealed_secret, expires_at = excluded.expires_at, \
         kind = excluded.kind",
    )
    .bind(new.holder)
    .bind(new.account.as_str())
    .bind(new.sealed_secret)
    .bind(new.expires_at.seconds())
    .bind(new.kind)
    .execute(db)
    .await?;
    Ok(())
}

/// The sealed secret that `holder` was shown, and its kind.
pub async fn find(db: impl AnyExecutor<'_>, holder: &str, now: Timestamp) -> sqlx::Result<Option<(String, String)>> {
    sqlx::query_as("SELECT sealed_secret, kind FROM enrolments WHERE holder = $1 AND expires_at > $2")
        .bind(holder)
        .bind(now.seconds())
        .fetch_optional(db)
        .await
}

/// Takes the secret that `holder` was shown: of two who confirm it at once, one gets it.
pub async fn take(db: impl AnyExecutor<'_>, holder: &str, sealed_secret: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM enrolments WHERE holder = $1 AND sealed_secret = $2")
        .bind(holder)
        .bind(sealed_secret)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets every unconfirmed secret of the account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM enrolments WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(())
}
