//! Brings the tables up to date.

use super::copy;
use super::pool::{Store, connect};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection};
use std::path::Path;

/// Every change of the tables, in order.
pub(super) fn migrator() -> Migrator {
    sqlx::migrate!("./migrations")
}

/// Which tables a database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// None yet.
    New,
    /// Those of an older Sekisho; the number of the first change that is missing.
    Behind(i64),
    /// Those of this Sekisho.
    Current,
}

/// Which tables this SQLite database has; fails if a newer Sekisho has written to it.
pub async fn standing(database: &mut AnyConnection) -> sqlx::Result<Standing> {
    let is_new = sqlx::query("SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *database)
        .await?
        .is_none();
    if is_new {
        return Ok(Standing::New);
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(database).await?;
    let migrator = migrator();
    if let Some(unknown) = applied.iter().find(|version| !migrator.version_exists(**version)) {
        return Err(MigrateError::VersionMissing(*unknown).into());
    }
    let missing = migrator.iter().map(|change| change.version).find(|version| !applied.contains(version));
    Ok(match missing {
        None => Standing::Current,
        Some(_) if applied.is_empty() => Standing::New,
        Some(version) => Standing::Behind(version),
    })
}

/// On PostgreSQL sqlx takes a lock, which goes with the connection: whatever happens, nobody waits for it.
pub(super) async fn postgres(pool: &AnyPool) -> sqlx::Result<()> {
    let mut connection = pool.acquire().await?.detach();
    let done = migrator().run_direct(None, &mut connection, false).await;
    connection.close().await?;
    Ok(done?)
}

/// On SQLite sqlx's own lock does nothing. So the whole run is one immediate transaction; and where rows
/// are at stake, nobody else uses the database meanwhile and a copy of what it was is kept.
pub(super) async fn sqlite(store: &Store, database: &Path) -> sqlx::Result<()> {
    let is_behind = async || {
        let mut connection = connect(database, "mode=rw").await?;
        let standing = standing(&mut connection).await?;
        connection.close().await?;
        Ok(matches!(standing, Standing::Behind(_)))
    };
    if !is_behind().await? {
        return run(database).await;
    }
    let Some(lock) = store.lock() else { return run(database).await };
    if !lock.wait_alone(async || is_behind().await.map(|is_behind| !is_behind)).await? {
        return run(database).await;
    }
    let done = run_with_copy(database).await;
    lock.share().await?;
    done
}

async fn run_with_copy(database: &Path) -> sqlx::Result<()> {
    let mut connection = connect(database, "mode=rw").await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    if let Standing::Behind(version) = standing(&mut tx).await? {
        let kept = copy::before_upgrade(database, version).await?;
        let copy = kept.display().to_string();
        tracing::info!(copy, "The tables are brought up to date; a copy of the database as it was is kept.");
    }
    migrator().run_direct(None, &mut *tx, false).await?;
    tx.commit().await?;
    connection.close().await
}

async fn run(database: &Path) -> sqlx::Result<()> {
    // Of its own: each change is a transaction within ours, as sqlx counts them.
    let mut connection = connect(database, "mode=rw").await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    migrator().run_direct(None, &mut *tx, false).await?;
    tx.commit().await?;
    connection.close().await
}
