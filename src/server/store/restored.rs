//! What a copy of an SQLite database holds, and what must not come back to life with it.

use super::copy::{self, beside, remove_if_there};
use super::pool;
use super::upgrade::{self, Standing};
use crate::model::Timestamp;
use sqlx::{AnyConnection, Connection, Executor};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What a copy is found to hold.
#[derive(Clone, Debug)]
pub struct Contents {
    /// What is wrong with its pages and its references; `None` if nothing is.
    pub damage: Option<String>,
    /// Triggers and views: there are none in a database of ours, and what they do nobody asked for.
    pub foreign_parts: i64,
    pub standing: Standing,
    pub accounts: i64,
    pub second_factors: i64,
    /// When something was last written into the history.
    pub last_event_at: Option<i64>,
}

/// Writes what `database` holds at this moment to `file`, looks the copy through and tells what it holds.
pub async fn write_checked(database: &Path, file: &Path) -> sqlx::Result<Contents> {
    let mut source = pool::connect(database, "mode=rw").await?;
    let written = copy::write(&mut source, file).await;
    source.close().await?;
    written?;
    let mut copied = pool::connect(file, "mode=ro").await?;
    let contents = look(&mut copied).await?;
    copied.close().await?;
    match &contents.damage {
        None => Ok(contents),
        Some(damage) => Err(io::Error::other(format!("the database is damaged: {damage}")).into()),
    }
}

/// Copies `file`, with the log that may stand beside it, to `part`, readable by its owner only, as one file.
pub async fn bring(file: &Path, part: &Path) -> sqlx::Result<AnyConnection> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        remove_if_there(&beside(part, ending))?;
    }
    bring_one(file, part)?;
    if beside(file, "-wal").exists() {
        bring_one(&beside(file, "-wal"), &beside(part, "-wal"))?;
    }
    let mut copied = pool::connect(part, "mode=rw").await?;
    copied.execute("PRAGMA journal_mode = DELETE").await?;
    Ok(copied)
}

fn bring_one(from: &Path, to: &Path) -> io::Result<()> {
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut File::open(from)?, &mut written)?;
    written.sync_all()
}

/// Looks a copy through.
pub async fn look(copied: &mut AnyConnection) -> sqlx::Result<Contents> {
    let damage = damage(copied).await?;
    let standing = upgrade::standing(copied).await?;
    let foreign_parts = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type IN ('trigger', 'view')");
    let foreign_parts = foreign_parts.fetch_one(&mut *copied).await?;
    let is_new = standing == Standing::New;
    Ok(Contents {
        damage,
        foreign_parts,
        standing,
        accounts: if is_new { 0 } else { count(copied, "SELECT COUNT(*) FROM accounts").await? },
        second_factors: if is_new { 0 } else { count(copied, "SELECT COUNT(*) FROM authenticators").await? },
        last_event_at: if is_new { None } else { last_event(copied).await? },
    })
}

/// What is wrong with the pages of this SQLite database or with references between its rows.
pub async fn damage(database: &mut AnyConnection) -> sqlx::Result<Option<String>> {
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut *database).await?;
    if verdict != "ok" {
        return Ok(Some(verdict));
    }
    let orphan = sqlx::query("PRAGMA foreign_key_check").fetch_optional(database).await?;
    Ok(orphan.map(|_| "a row refers to one that is not there".to_owned()))
}

async fn count(database: &mut AnyConnection, what: &'static str) -> sqlx::Result<i64> {
    sqlx::query_scalar(what).fetch_one(database).await
}

async fn last_event(database: &mut AnyConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar("SELECT at FROM events ORDER BY at DESC LIMIT 1").fetch_optional(database).await
}

/// Brings the tables of a copy up to date and ends in it whatever may have been ended, used or revoked
/// since it was made: nobody can tell by the copy.
pub async fn tame(copied: &mut AnyConnection, now: Timestamp) -> sqlx::Result<()> {
    // Steps of 30 seconds. A code of the present one or the next may have been seen and used.
    const STEP_S: i64 = 30;
    let mut tx = copied.begin_with("BEGIN IMMEDIATE").await?;
    upgrade::migrator().run_direct(None, &mut *tx, false).await?;
    for ended in ENDED {
        tx.execute(ended).await?;
    }
    sqlx::query("UPDATE outbox SET sealed_message = NULL, dropped_at = $1 WHERE sealed_message IS NOT NULL")
        .bind(now.seconds())
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE authenticators SET last_step = $1 WHERE last_step < $1")
        .bind(now.seconds() / STEP_S + 1)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

const ENDED: [&str; 8] = [
    // Logged out of, or ended as stolen.
    "DELETE FROM sessions",
    // With tries that were taken.
    "DELETE FROM pending_logins",
    "DELETE FROM enrolments",
    // Used, replaced or taken back.
    "DELETE FROM one_time_tokens",
    "DELETE FROM link_requests",
    // Retired because it leaked: elsewhere its tokens are believed without asking us. The start makes a new one.
    "DELETE FROM signing_keys",
    "DELETE FROM guards WHERE name = 'first signing key'",
    // Which ones were used since cannot be known, and without them a lost phone locks out: their owner is asked
    // to make new ones.
    "UPDATE accounts SET recovery_codes_confirmed_at = NULL",
];
