//! Mails that were asked for by address and that nobody has looked into yet.

use crate::model::Timestamp;
use sqlx::any::AnyExecutor;

/// Somebody asked for a link, or registered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LinkRequest {
    pub id: String,
    /// `reset_password`, `verify_email` or `registration`.
    pub purpose: String,
    pub email_key: String,
    pub address: String,
    pub agent: String,
    #[sqlx(try_from = "i64")]
    pub asked_at: Timestamp,
}

/// Adds a request.
pub async fn insert(db: impl AnyExecutor<'_>, new: &LinkRequest) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO link_requests (id, purpose, email_key, address, agent, asked_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.id.as_str())
    .bind(new.purpose.as_str())
    .bind(new.email_key.as_str())
    .bind(new.address.as_str())
    .bind(new.agent.as_str())
    .bind(new.asked_at.seconds())
    .execute(db)
    .await?;
    Ok(())
}

/// The requests whose turn it is.
pub async fn oldest(db: impl AnyExecutor<'_>, limit: i64) -> sqlx::Result<Vec<LinkRequest>> {
    sqlx::query_as(
        "SELECT id, purpose, email_key, address, agent, asked_at FROM link_requests ORDER BY asked_at, id \
         LIMIT CAST($1 AS BIGINT)",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Takes a request; true for the one caller that took it.
pub async fn take(db: impl AnyExecutor<'_>, id: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM link_requests WHERE id = $1").bind(id).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
