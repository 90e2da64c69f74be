//! The chain of the history: links beside the events they hold, which are never touched.

use sqlx::any::AnyExecutor;

/// An event with its personal part, as far as that still stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: String,
    pub account_id: String,
    /// Seconds since 1970.
    pub at: i64,
    pub kind: String,
    pub nth: i64,
    pub origin_digest: String,
    pub proof: String,
    /// The three of them are there or all erased.
    pub address: Option<String>,
    pub agent: Option<String>,
    pub salt: Option<String>,
    /// The id of its account, while there is one.
    pub owner: Option<String>,
}

/// A link with its event.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Link {
    pub position: i64,
    pub key_number: i64,
    pub hash: String,
    /// The digest of the personal part of an event that has none of its own.
    pub old_digest: Option<String>,
    /// Names its event; empty but for the id where that is gone.
    #[sqlx(flatten)]
    pub entry: Entry,
    /// The id of its event, while there is one.
    pub found: Option<String>,
}

/// A link to be added.
pub struct NewLink<'a> {
    pub position: i64,
    pub event: &'a str,
    pub key_number: i64,
    pub hash: &'a str,
    pub old_digest: Option<&'a str>,
}

/// How far somebody has looked through the events in the order of time.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub at: i64,
    pub nth: i64,
    pub id: String,
}

/// Events behind `after` that are not chained, in the order of time.
pub async fn unchained(db: impl AnyExecutor<'_>, after: &Cursor, limit: i64) -> sqlx::Result<Vec<Entry>> {
    let query = "SELECT e.id, e.account_id, e.at, e.kind, e.nth, e.origin_digest, e.proof, \
                 o.address, o.agent, o.salt, a.id AS owner \
                 FROM events e LEFT JOIN audit_chain c ON c.event_id = e.id \
                 LEFT JOIN event_origins o ON o.event_id = e.id LEFT JOIN accounts a ON a.id = e.account_id \
                 WHERE c.event_id IS NULL AND e.at >= $1 \
                 AND (e.at > $1 OR e.nth > $2 OR (e.nth = $2 AND e.id > $3)) ORDER BY e.at, e.nth, e.id \
                 LIMIT CAST($4 AS BIGINT)";
    bound(query, after, limit).fetch_all(db).await
}

/// The same, of events that were written before events had proofs.
pub async fn unchained_old(db: impl AnyExecutor<'_>, after: &Cursor, limit: i64) -> sqlx::Result<Vec<Entry>> {
    let query = "SELECT e.id, e.account_id, e.at, e.kind, e.nth, e.origin_digest, e.proof, \
                 o.address, o.agent, o.salt, a.id AS owner \
                 FROM events e LEFT JOIN audit_chain c ON c.event_id = e.id \
                 LEFT JOIN event_origins o ON o.event_id = e.id LEFT JOIN accounts a ON a.id = e.account_id \
                 WHERE c.event_id IS NULL AND e.proof = '' AND e.at >= $1 \
                 AND (e.at > $1 OR e.nth > $2 OR (e.nth = $2 AND e.id > $3)) ORDER BY e.at, e.nth, e.id \
                 LIMIT CAST($4 AS BIGINT)";
    bound(query, after, limit).fetch_all(db).await
}

type QueryOf<'q> = sqlx::query::QueryAs<'q, sqlx::Any, Entry, sqlx::any::AnyArguments>;

fn bound<'q>(query: &'static str, after: &Cursor, limit: i64) -> QueryOf<'q> {
    sqlx::query_as(query).bind(after.at).bind(after.nth).bind(after.id.clone()).bind(limit)
}

/// The links behind a position, in order.
pub async fn links(db: impl AnyExecutor<'_>, after: i64, limit: i64) -> sqlx::Result<Vec<Link>> {
    sqlx::query_as(
        "SELECT c.position, c.key_number, c.hash, c.old_digest, c.event_id AS id, e.id AS found, \
         COALESCE(e.account_id, '') AS account_id, COALESCE(e.at, 0) AS at, COALESCE(e.kind, '') AS kind, \
         COALESCE(e.nth, 0) AS nth, COALESCE(e.origin_digest, '') AS origin_digest, COALESCE(e.proof, '') AS proof, \
         o.address, o.agent, o.salt, a.id AS owner \
         FROM audit_chain c LEFT JOIN events e ON e.id = c.event_id \
         LEFT JOIN event_origins o ON o.event_id = e.id LEFT JOIN accounts a ON a.id = e.account_id \
         WHERE c.position > $1 ORDER BY c.position LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// True if the newest link holds an event of before proofs, or there is none yet.
pub async fn is_young(db: impl AnyExecutor<'_>) -> sqlx::Result<bool> {
    let query = "SELECT old_digest FROM audit_chain ORDER BY position DESC LIMIT 1";
    let newest: Option<Option<String>> = sqlx::query_scalar(query).fetch_optional(db).await?;
    Ok(newest.is_none_or(|old_digest| old_digest.is_some()))
}

/// Adds a link.
pub async fn insert(db: impl AnyExecutor<'_>, new: &NewLink<'_>) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO audit_chain (position, event_id, key_number, hash, old_digest) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(new.position)
    .bind(new.event)
    .bind(new.key_number)
    .bind(new.hash)
    .bind(new.old_digest)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the personal part of an event of before digests its salt; false if it was erased.
pub async fn salt(db: impl AnyExecutor<'_>, event: &str, salt: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE event_origins SET salt = $2 WHERE event_id = $1 AND salt = ''")
        .bind(event)
        .bind(salt)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}
