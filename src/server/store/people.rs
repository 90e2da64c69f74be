//! Accounts as their owners and superusers see and change them.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// An account without its secrets.
#[derive(Clone, sqlx::FromRow)]
pub struct Person {
    #[sqlx(try_from = "String")]
    pub id: AccountId,
    pub email: String,
    /// Seconds since 1970 each; `NULL` where it never happened or was taken back.
    pub verified_at: Option<i64>,
    pub disabled_at: Option<i64>,
    pub superuser_at: Option<i64>,
}

/// What a superuser may switch on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Verified,
    Disabled,
    Superuser,
}

/// One account.
pub async fn find(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<Option<Person>> {
    sqlx::query_as("SELECT id, email, verified_at, disabled_at, superuser_at FROM accounts WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await
}

/// The accounts whose key is like `pattern` (`LIKE`, escaped by `\`), in the order of their keys.
pub async fn list(db: impl AnyExecutor<'_>, pattern: &str, limit: i64, offset: i64) -> sqlx::Result<Vec<Person>> {
    sqlx::query_as(
        "SELECT id, email, verified_at, disabled_at, superuser_at FROM accounts \
         WHERE email_key LIKE $1 ESCAPE '\\' ORDER BY email_key LIMIT $2 OFFSET $3",
    )
    .bind(pattern)
    .bind(limit)
    .bind(offset)
    .fetch_all(db)
    .await
}

/// How many accounts [`list`] would find without limit.
pub async fn count(db: impl AnyExecutor<'_>, pattern: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM accounts WHERE email_key LIKE $1 ESCAPE '\\'")
        .bind(pattern)
        .fetch_one(db)
        .await
}

/// How many superusers could log in.
pub async fn count_active_superusers(db: impl AnyExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "SELECT COUNT(*) FROM accounts WHERE superuser_at IS NOT NULL AND disabled_at IS NULL AND delete_at IS NULL",
    )
    .fetch_one(db)
    .await
}

/// Puts changes that count rows of one account in a row; false if there is no such account.
pub async fn lock(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<bool> {
    let done =
        sqlx::query("UPDATE accounts SET version = version + 1 WHERE id = $1").bind(id.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Sets or clears one mark of an account.
pub async fn mark(db: impl AnyExecutor<'_>, id: &AccountId, mark: Mark, at: Option<Timestamp>) -> sqlx::Result<()> {
    let text = match mark {
        Mark::Verified => "UPDATE accounts SET verified_at = $2 WHERE id = $1",
        Mark::Disabled => "UPDATE accounts SET disabled_at = $2 WHERE id = $1",
        Mark::Superuser => "UPDATE accounts SET superuser_at = $2 WHERE id = $1",
    };
    sqlx::query(text).bind(id.as_str()).bind(at.map(Timestamp::seconds)).execute(db).await?;
    Ok(())
}

/// Replaces a password.
pub async fn set_password(db: impl AnyExecutor<'_>, id: &AccountId, hash: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE accounts SET password_hash = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(hash)
        .execute(db)
        .await?;
    Ok(())
}

/// The password hash of an account.
pub async fn password_of(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT password_hash FROM accounts WHERE id = $1").bind(id.as_str()).fetch_optional(db).await
}

/// A new address and when it was verified.
pub struct NewEmail<'a> {
    pub address: &'a str,
    pub key: &'a str,
    pub verified_at: Option<Timestamp>,
}

/// Replaces the address; false if another account has it (the transaction is lost then).
pub async fn set_email(db: impl AnyExecutor<'_>, id: &AccountId, new: NewEmail<'_>) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE accounts SET email = $2, email_key = $3, verified_at = $4 WHERE id = $1")
        .bind(id.as_str())
        .bind(new.address)
        .bind(new.key)
        .bind(new.verified_at.map(Timestamp::seconds))
        .execute(db)
        .await;
    match done {
        Ok(done) => Ok(done.rows_affected() == 1),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Deletes an account with all that hangs on it; true for the one caller that did.
pub async fn delete(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM accounts WHERE id = $1").bind(id.as_str()).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
