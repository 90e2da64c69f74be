//! Browsers that have signed in, by the digest of their cookie.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// Adds a device.
pub async fn insert(
    db: impl AnyExecutor<'_>,
    digest: &str,
    account: &AccountId,
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO devices (digest, account_id, seen_at, expires_at) VALUES ($1, $2, $3, $4)")
        .bind(digest)
        .bind(account.as_str())
        .bind(now.seconds())
        .bind(expires_at.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Keeps a device for longer after it signed in again; false if it is none of the account's.
pub async fn renew(
    db: impl AnyExecutor<'_>,
    digest: &str,
    account: &AccountId,
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE devices SET seen_at = $3, expires_at = $4, failures = 0 \
         WHERE digest = $1 AND account_id = $2 AND expires_at > $3",
    )
    .bind(digest)
    .bind(account.as_str())
    .bind(now.seconds())
    .bind(expires_at.seconds())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a try before it is looked at; false if the device is none of the account's or had `most` tries in a row.
pub async fn take_try(
    db: impl AnyExecutor<'_>,
    digest: &str,
    account: &AccountId,
    now: Timestamp,
    most: i64,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE devices SET failures = failures + 1 \
         WHERE digest = $1 AND account_id = $2 AND expires_at > $3 AND failures < $4",
    )
    .bind(digest)
    .bind(account.as_str())
    .bind(now.seconds())
    .bind(most)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a try back that was not looked at.
pub async fn give_back(db: impl AnyExecutor<'_>, digest: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE devices SET failures = failures - 1 WHERE digest = $1 AND failures > 0")
        .bind(digest)
        .execute(db)
        .await?;
    Ok(())
}

/// How many devices an account is known by.
pub async fn count_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM devices WHERE account_id = $1").bind(account.as_str()).fetch_one(db).await
}

/// Forgets every device of an account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM devices WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(())
}

/// Forgets the failures of a device.
pub async fn clear(db: impl AnyExecutor<'_>, digest: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE devices SET failures = 0 WHERE digest = $1").bind(digest).execute(db).await?;
    Ok(())
}

/// Forgets all but the `most` devices of an account that signed in last.
pub async fn delete_surplus(db: impl AnyExecutor<'_>, account: &AccountId, most: i64) -> sqlx::Result<()> {
    sqlx::query(
        "DELETE FROM devices WHERE account_id = $1 AND digest NOT IN \
         (SELECT digest FROM devices WHERE account_id = $1 ORDER BY seen_at DESC, expires_at DESC, digest LIMIT CAST($2 AS BIGINT))",
    )
    .bind(account.as_str())
    .bind(most)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets devices that have not signed in for their time.
pub async fn delete_expired(db: impl AnyExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM devices WHERE expires_at <= $1").bind(now.seconds()).execute(db).await?;
    Ok(())
}
