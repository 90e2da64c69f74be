//! Accounts and their passwords.

use crate::model::{AccountId, Language, Timestamp};
use sqlx::any::AnyExecutor;

/// An account as a login needs it.
#[derive(sqlx::FromRow)]
pub struct Account {
    #[sqlx(try_from = "String")]
    pub id: AccountId,
    pub email: String,
    pub password_hash: String,
    pub disabled_at: Option<i64>,
    pub verified_at: Option<i64>,
    /// Made while addresses had to be verified, and gone at this time unless it was.
    pub verify_by: Option<i64>,
}

/// What a new account starts with.
pub struct NewAccount<'a> {
    pub id: &'a AccountId,
    pub email: &'a str,
    pub email_key: &'a str,
    pub password_hash: &'a str,
    pub language: Language,
    /// Where its address has to be verified: until when, or it goes.
    pub verify_by: Option<Timestamp>,
}

/// Adds an account; false if the address has one.
pub async fn insert(db: impl AnyExecutor<'_>, new: NewAccount<'_>, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "INSERT INTO accounts (id, email, email_key, password_hash, created_at, language, verify_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (email_key) DO NOTHING",
    )
    .bind(new.id.as_str())
    .bind(new.email)
    .bind(new.email_key)
    .bind(new.password_hash)
    .bind(now.seconds())
    .bind(new.language.tag())
    .bind(new.verify_by.map(Timestamp::seconds))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Where [`insert`] added no account `id`: a row like that of an account, for nobody; see [`delete_nobodys`].
/// `email` and `password_hash` are as long as those of the account would be, and say nothing.
pub async fn make_up_for(
    db: impl AnyExecutor<'_>,
    id: &AccountId,
    [email, password_hash]: [&str; 2],
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO nobodys_accounts (id, email, email_key, password_hash, created_at) \
         SELECT $1, $2, $1, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = $1)",
    )
    .bind(id.as_str())
    .bind(email)
    .bind(password_hash)
    .bind(now.seconds())
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes what [`make_up_for`] wrote before `now`.
pub async fn delete_nobodys(db: impl AnyExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM nobodys_accounts WHERE created_at < $1").bind(now.seconds()).execute(db).await?;
    Ok(())
}

/// Finds the account of an address by its key.
pub async fn find_by_email(db: impl AnyExecutor<'_>, email_key: &str) -> sqlx::Result<Option<Account>> {
    sqlx::query_as(
        "SELECT id, email, password_hash, disabled_at, verified_at, verify_by FROM accounts WHERE email_key = $1",
    )
    .bind(email_key)
    .fetch_optional(db)
    .await
}

/// Lets an account log in only once its new address is verified.
pub async fn require_verification(db: impl AnyExecutor<'_>, id: &AccountId, by: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE accounts SET verify_by = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(by.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// The address of an account.
pub async fn email_of(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT email FROM accounts WHERE id = $1").bind(id.as_str()).fetch_optional(db).await
}

/// When an account was made.
pub async fn created_at(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<Option<Timestamp>> {
    let at: Option<i64> = sqlx::query_scalar("SELECT created_at FROM accounts WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    Ok(at.map(Timestamp::from))
}

/// What the owner of an account reads.
pub async fn language_of(db: impl AnyExecutor<'_>, id: &AccountId) -> sqlx::Result<Option<Language>> {
    let tag: Option<String> =
        sqlx::query_scalar("SELECT language FROM accounts WHERE id = $1").bind(id.as_str()).fetch_optional(db).await?;
    Ok(tag.as_deref().and_then(Language::of_tag))
}

/// Notes what the owner of an account reads.
pub async fn set_language(db: impl AnyExecutor<'_>, id: &AccountId, language: Language) -> sqlx::Result<()> {
    sqlx::query("UPDATE accounts SET language = $2 WHERE id = $1 AND language <> $2")
        .bind(id.as_str())
        .bind(language.tag())
        .execute(db)
        .await?;
    Ok(())
}

/// Holds an account until the end of a transaction and counts its authenticators (none or one);
/// `None` if its password was changed or it was disabled since `hash` was looked at.
pub async fn hold(db: impl AnyExecutor<'_>, id: &AccountId, hash: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        "UPDATE accounts SET version = version + 1 WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL \
         RETURNING (SELECT COUNT(*) FROM authenticators WHERE account_id = $1)",
    )
    .bind(id.as_str())
    .bind(hash)
    .fetch_optional(db)
    .await
}

/// Replaces a hash made with weaker parameters, unless the password was changed meanwhile.
pub async fn upgrade_hash(db: impl AnyExecutor<'_>, id: &AccountId, old: &str, new: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(id.as_str())
        .bind(old)
        .bind(new)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the owner is told of a try to register the address; false if that happened after `since`.
pub async fn tell_of_registration(
    db: impl AnyExecutor<'_>,
    id: &AccountId,
    now: Timestamp,
    since: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE accounts SET registration_told_at = $2 WHERE id = $1 \
         AND (registration_told_at IS NULL OR registration_told_at <= $3)",
    )
    .bind(id.as_str())
    .bind(now.seconds())
    .bind(since.seconds())
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
