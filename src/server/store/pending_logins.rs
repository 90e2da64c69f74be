//! Logins whose second factor is still missing.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// A half-finished login.
#[derive(Clone, sqlx::FromRow)]
pub struct PendingLogin {
    pub digest: String,
    #[sqlx(try_from = "String")]
    pub account_id: AccountId,
    /// `code` or `enrolment`.
    pub step: String,
    pub tries_left: i64,
    /// `short` or `long`: whether the session will outlast the day.
    pub stay: String,
    pub next_path: String,
    #[sqlx(try_from = "i64")]
    pub expires_at: Timestamp,
    pub offset_steps: Option<i64>,
    /// `browser` or `bearer`: what its token travels in.
    pub kind: String,
}

const COLUMNS: &str = "digest, account_id, step, tries_left, stay, next_path, expires_at, offset_steps, kind";

/// Adds a pending login.
pub async fn insert(db: impl AnyExecutor<'_>, new: &PendingLogin) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO pending_logins (digest, account_id, step, tries_left, stay, next_path, expires_at, kind) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.digest.as_str())
    .bind(new.account_id.as_str())
    .bind(new.step.as_str())
    .bind(new.tries_left)
    .bind(new.stay.as_str())
    .bind(new.next_path.as_str())
    .bind(new.expires_at.seconds())
    .bind(new.kind.as_str())
    .execute(db)
    .await?;
    Ok(())
}

/// A pending login that is still open.
pub async fn find(
    db: impl AnyExecutor<'_>,
    digest: &str,
    kind: &str,
    now: Timestamp,
) -> sqlx::Result<Option<PendingLogin>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM pending_logins WHERE digest = $1 AND kind = $2 AND expires_at > $3 AND tries_left > 0"
    )))
    .bind(digest)
    .bind(kind)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// Takes one try before the code is looked at, so that parallel guesses cannot exceed the budget.
pub async fn take_try(db: impl AnyExecutor<'_>, digest: &str, now: Timestamp) -> sqlx::Result<Option<PendingLogin>> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "UPDATE pending_logins SET tries_left = tries_left - 1 \
         WHERE digest = $1 AND expires_at > $2 AND tries_left > 0 RETURNING {COLUMNS}"
    )))
    .bind(digest)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// Remembers at which other time the last wrong code was right.
pub async fn note_offset(db: impl AnyExecutor<'_>, digest: &str, steps: Option<i64>) -> sqlx::Result<()> {
    sqlx::query("UPDATE pending_logins SET offset_steps = $2 WHERE digest = $1")
        .bind(digest)
        .bind(steps)
        .execute(db)
        .await?;
    Ok(())
}

/// Ends a pending login; true for the one caller that ended it.
pub async fn delete(db: impl AnyExecutor<'_>, digest: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM pending_logins WHERE digest = $1").bind(digest).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every pending login of the account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM pending_logins WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(())
}
