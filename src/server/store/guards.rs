//! Facts about the whole installation, written once.

use sqlx::any::AnyExecutor;

/// Writes `value` under `name` unless something stands there; true if it was written.
pub async fn claim(db: impl AnyExecutor<'_>, name: &str, value: &str) -> sqlx::Result<bool> {
    let done = sqlx::query("INSERT INTO guards (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes `value` under `name`, whatever stands there.
pub async fn put(db: impl AnyExecutor<'_>, name: &str, value: &str) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO guards (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(db)
    .await?;
    Ok(())
}

/// What stands under `name`.
pub async fn find(db: impl AnyExecutor<'_>, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("SELECT value FROM guards WHERE name = $1").bind(name).fetch_optional(db).await
}

/// What stands under `name`, kept from everybody else until the transaction ends.
pub async fn lock(db: impl AnyExecutor<'_>, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("UPDATE guards SET value = value WHERE name = $1 RETURNING value")
        .bind(name)
        .fetch_optional(db)
        .await
}
