//! Sessions: of browsers by the digest of their cookie, of the API by that of a token.

use crate::model::{AccountId, Timestamp};
use sqlx::any::AnyExecutor;

/// A signed-in place.
#[derive(Clone, sqlx::FromRow)]
pub struct Session {
    pub digest: String,
    #[sqlx(try_from = "String")]
    pub account_id: AccountId,
    #[sqlx(try_from = "i64")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "i64")]
    pub last_seen_at: Timestamp,
    pub idle_s: i64,
    #[sqlx(try_from = "i64")]
    pub expires_at: Timestamp,
    pub address: String,
    pub agent: String,
    /// `browser` (a cookie opens it), `bearer` (an opaque token) or `jwt` (an access token names it).
    pub kind: String,
    /// When its owner last proved who they are: the login, or a proof since.
    #[sqlx(try_from = "i64")]
    pub proved_at: Timestamp,
}

/// A live session with the address of its account.
#[derive(Clone, sqlx::FromRow)]
pub struct LiveSession {
    #[sqlx(flatten)]
    pub session: Session,
    pub email: String,
    pub verified_at: Option<i64>,
    pub superuser_at: Option<i64>,
}

/// What opening a session has to settle.
#[derive(sqlx::FromRow)]
pub struct Owed {
    /// Sessions of the account; whether this one is among them is a matter of the database.
    pub sessions: i64,
    /// When the account is to be deleted, because its owner left.
    pub delete_at: Option<i64>,
}

/// Adds a session.
pub async fn insert(db: impl AnyExecutor<'_>, new: &Session) -> sqlx::Result<Owed> {
    sqlx::query_as(
        "INSERT INTO sessions (digest, account_id, created_at, last_seen_at, idle_s, expires_at, address, agent, kind, \
         proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         RETURNING (SELECT COUNT(*) FROM sessions WHERE account_id = $2) AS sessions, \
         (SELECT delete_at FROM accounts WHERE id = $2) AS delete_at",
    )
    .bind(new.digest.as_str())
    .bind(new.account_id.as_str())
    .bind(new.created_at.seconds())
    .bind(new.last_seen_at.seconds())
    .bind(new.idle_s)
    .bind(new.expires_at.seconds())
    .bind(new.address.as_str())
    .bind(new.agent.as_str())
    .bind(new.kind.as_str())
    .bind(new.proved_at.seconds())
    .fetch_one(db)
    .await
}

/// The session of a token, if it is of this kind, neither idle too long nor over, and its account active.
pub async fn find_live(
    db: impl AnyExecutor<'_>,
    digest: &str,
    kind: &str,
    now: Timestamp,
) -> sqlx::Result<Option<LiveSession>> {
    sqlx::query_as(
        "SELECT digest, account_id, s.created_at, last_seen_at, idle_s, expires_at, address, agent, kind, proved_at, \
         email, verified_at, superuser_at FROM sessions s JOIN accounts a ON a.id = s.account_id \
         WHERE digest = $1 AND kind = $2 AND expires_at > $3 AND last_seen_at + idle_s > $3 AND a.disabled_at IS NULL",
    )
    .bind(digest)
    .bind(kind)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// The live sessions of an account, last seen first.
pub async fn live_of(db: impl AnyExecutor<'_>, account: &AccountId, now: Timestamp) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as(
        "SELECT digest, account_id, created_at, last_seen_at, idle_s, expires_at, address, agent, kind, proved_at \
         FROM sessions WHERE account_id = $1 AND expires_at > $2 AND last_seen_at + idle_s > $2 ORDER BY last_seen_at DESC, digest LIMIT 50",
    )
    .bind(account.as_str())
    .bind(now.seconds())
    .fetch_all(db)
    .await
}

/// Notes that a session was seen, unless that was noted within the last minute.
pub async fn touch(db: impl AnyExecutor<'_>, digest: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE digest = $1 AND last_seen_at <= $2 - 60")
        .bind(digest)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// Goes on under a new digest, as proved anew; false if the session was ended.
pub async fn renew(db: impl AnyExecutor<'_>, digest: &str, new: &str, now: Timestamp) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE sessions SET digest = $2, proved_at = $3 WHERE digest = $1")
        .bind(digest)
        .bind(new)
        .bind(now.seconds())
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// True if the session was not ended.
pub async fn exists(db: impl AnyExecutor<'_>, digest: &str) -> sqlx::Result<bool> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT digest FROM sessions WHERE digest = $1").bind(digest).fetch_optional(db).await?;
    Ok(found.is_some())
}

/// Ends a session; true for the one caller that ended it.
pub async fn delete(db: impl AnyExecutor<'_>, digest: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(digest).execute(db).await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the session of a token, if it is of this kind and neither idle too long nor over; tells whose it was.
pub async fn delete_live(
    db: impl AnyExecutor<'_>,
    digest: &str,
    kind: &str,
    now: Timestamp,
) -> sqlx::Result<Option<AccountId>> {
    let owner: Option<String> = sqlx::query_scalar(
        "DELETE FROM sessions WHERE digest = $1 AND kind = $2 AND expires_at > $3 AND last_seen_at + idle_s > $3 \
         RETURNING account_id",
    )
    .bind(digest)
    .bind(kind)
    .bind(now.seconds())
    .fetch_optional(db)
    .await?;
    Ok(owner.map(AccountId::from))
}

/// Ends one session of the account; true for the one caller that ended it.
pub async fn delete_one_of(db: impl AnyExecutor<'_>, account: &AccountId, digest: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM sessions WHERE digest = $2 AND account_id = $1")
        .bind(account.as_str())
        .bind(digest)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends every session of the account but `kept`.
pub async fn delete_others(db: impl AnyExecutor<'_>, account: &AccountId, kept: &str) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM sessions WHERE account_id = $1 AND digest <> $2")
        .bind(account.as_str())
        .bind(kept)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Ends every session of the account in a browser but `kept`.
pub async fn delete_other_browsers(db: impl AnyExecutor<'_>, account: &AccountId, kept: &str) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM sessions WHERE account_id = $1 AND digest <> $2 AND kind = 'browser'")
        .bind(account.as_str())
        .bind(kept)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Ends every session of the account.
pub async fn delete_all_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<u64> {
    let done = sqlx::query("DELETE FROM sessions WHERE account_id = $1").bind(account.as_str()).execute(db).await?;
    Ok(done.rows_affected())
}

/// Ends the sessions of the account that were seen before its `most` latest ones; never `kept`.
pub async fn delete_surplus(db: impl AnyExecutor<'_>, account: &AccountId, kept: &str, most: i64) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "DELETE FROM sessions WHERE account_id = $1 AND digest <> $2 AND digest NOT IN \
         (SELECT digest FROM sessions WHERE account_id = $1 ORDER BY last_seen_at DESC, created_at DESC, digest \
         LIMIT CAST($3 AS BIGINT))",
    )
    .bind(account.as_str())
    .bind(kept)
    .bind(most)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

/// Keeps fresh recovery codes, sealed, until one of them is typed back.
pub async fn put_sheet(
    db: impl AnyExecutor<'_>,
    digest: &str,
    sealed: &str,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET sealed_sheet = $2, sheet_expires_at = $3 WHERE digest = $1")
        .bind(digest)
        .bind(sealed)
        .bind(expires_at.seconds())
        .execute(db)
        .await?;
    Ok(())
}

/// The sealed codes of this session and when they expire, if they are still to be seen.
pub async fn find_sheet(db: impl AnyExecutor<'_>, digest: &str, now: Timestamp) -> sqlx::Result<Option<(String, i64)>> {
    sqlx::query_as(
        "SELECT sealed_sheet, sheet_expires_at FROM sessions \
         WHERE digest = $1 AND sealed_sheet IS NOT NULL AND sheet_expires_at > $2",
    )
    .bind(digest)
    .bind(now.seconds())
    .fetch_optional(db)
    .await
}

/// Erases the sealed codes of this session; false if `sealed` is not (or no longer) what stands there.
pub async fn erase_sheet(db: impl AnyExecutor<'_>, digest: &str, sealed: &str) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "UPDATE sessions SET sealed_sheet = NULL, sheet_expires_at = NULL WHERE digest = $1 AND sealed_sheet = $2",
    )
    .bind(digest)
    .bind(sealed)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Erases the sealed codes in every session of the account.
pub async fn erase_sheets_of(db: impl AnyExecutor<'_>, account: &AccountId) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET sealed_sheet = NULL, sheet_expires_at = NULL WHERE account_id = $1")
        .bind(account.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// How many sessions are not over.
pub async fn count_all_live(db: impl AnyExecutor<'_>, now: Timestamp) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM sessions WHERE expires_at > $1 AND last_seen_at + idle_s > $1")
        .bind(now.seconds())
        .fetch_one(db)
        .await
}
