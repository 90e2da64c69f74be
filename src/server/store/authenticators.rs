//! Enrolled authenticator apps.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// An enrolled authenticator.
#[derive(sqlx::FromRow)]
pub struct Authenticator {
    pub sealed_secret: String,
    pub last_step: i64,
}

/// A newly confirmed authenticator, with the step of the code that confirmed it.
pub struct NewAuthenticator<'a> {
    pub account: &'a AccountId,
    pub sealed_secret: &'a str,
    pub last_step: i64,
}

/// Enrols; false if the account has an authenticator already.
pub async fn insert(db: impl AnyExecutor<'_>, new: NewAuthenticator<'_>, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO authenticators (account_id, sealed_secret, enrolled_at, last_step) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (account_id) DO NOTHING",
    )
    .bind(new.account.as_str())
    .bind(new.sealed_secret)
    .bind(now.seconds())
    .bind(new.last_step)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Puts another authenticator in the place of the account's; false if it has none.
pub async fn replace(db: impl AnyExecutor<'_>, new: NewAuthenticator<'_>, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE authenticators SET sealed_secret = $2, enrolled_at = $3, last_step = $4 WHERE account_id = $1",
    )
    .bind(new.account.as_str())
    .bind(new.sealed_secret)
    .bind(now.seconds())
    .bind(new.last_step)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The account's authenticator.
pub async fn find(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<Option<Authenticator>> {
    sqlx::query_as("SELECT sealed_secret, last_step FROM authenticators WHERE account_id = $1")
        .bind(account.as_str())
        .fetch_optional(db)
        .await
}

/// Spends a time step; false if it or a later one is spent already (RFC 6238 section 5.2).
pub async fn spend_step(db: impl AnyExecutor<'_>, account: &AccountId, step: i64) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE authenticators SET last_step = $2 WHERE account_id = $1 AND last_step < $2")
        .bind(account.as_str())
        .bind(step)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the account's authenticator; false if it has none.
pub async fn delete(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<bool> {
    let done =
        sqlx::query("DELETE FROM authenticators WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
