//! Accounts that their owners have left and that wait to be deleted.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// Notes when an account is to be deleted; false if that was noted before.
pub async fn schedule(db: impl AnyExecutor<'_>, id: &AccountId, delete_at: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE accounts SET delete_at = $2 WHERE id = $1 AND delete_at IS NULL")
        .bind(id.as_str())
        .bind(delete_at.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes it back; false if the account was not to be deleted.
pub async fn cancel(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE accounts SET delete_at = NULL WHERE id = $1 AND delete_at IS NOT NULL")
        .bind(id.as_str())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Accounts whose time has come; not those that whoever runs the server has disabled, to look into them.
pub async fn due(db: impl AnyExecutor<'_>, now: Timestamp, limit: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT id FROM accounts WHERE delete_at <= $1 AND disabled_at IS NULL ORDER BY delete_at, id LIMIT $2",
    )
    .bind(now.seconds())
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Deletes an account whose time has come; false if its owner came back meanwhile.
pub async fn complete(db: impl AnyExecutor<'_>, id: &AccountId, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM accounts WHERE id = $1 AND delete_at <= $2 AND disabled_at IS NULL")
        .bind(id.as_str())
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
