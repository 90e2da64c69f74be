//! Whether the database is all there. An SQLite file that was removed, replaced or cut short would take
//! writes and lose them; a damaged one would take them and spoil more.

use super::copy::beside;
use super::guards;
use super::pool::{Store, connect};
use sqlx::{AnyConnection, Connection};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};
use tokio::sync::Notify;

/// How long an answer of [`Health::is_ready`] holds, and how long its write may take.
const READY_FOR: Duration = Duration::from_secs(1);
const WRITE_TIME: Duration = Duration::from_secs(3);

/// What is known of the database.
#[derive(Debug, Default)]
pub struct Health {
    file: Option<DatabaseFile>,
    damage: Mutex<Option<String>>,
    suspicion: Notify,
    ready: tokio::sync::Mutex<Option<(Instant, Result<(), Unready>)>>,
}

/// Why no log-in can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    Damaged,
    Unwritable,
}

#[derive(Debug)]
struct DatabaseFile {
    path: PathBuf,
    /// Device and number: another file of the same name is another one.
    identity: (u64, u64),
    /// Only grows while it is used: nobody asks for its pages back.
    longest: AtomicU64,
}

impl Health {
    /// Of the SQLite database in this file.
    pub(super) fn of(file: &Path) -> io::Result<Self> {
        let found = fs::metadata(file)?;
        let longest = AtomicU64::new(found.len());
        let file = DatabaseFile { path: file.to_owned(), identity: (found.dev(), found.ino()), longest };
        Ok(Self { file: Some(file), ..Self::default() })
    }

    /// Fails where a write would be lost or spoil more.
    pub(super) fn check(&self) -> io::Result<()> {
        if let Some(damage) = self.damage() {
            return Err(io::Error::other(format!("the database is damaged: {damage}")));
        }
        let checked = self.file.as_ref().map_or(Ok(()), DatabaseFile::check);
        if checked.is_err() {
            self.suspicion.notify_one();
        }
        checked
    }

    /// Fails where the name stands for another file than the one that was opened, or for none.
    pub(super) fn check_name(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.length().map(drop))
    }

    /// What is wrong inside, if that is known.
    pub fn damage(&self) -> Option<String> {
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until there is a reason to look the database through.
    pub async fn suspected(&self) {
        self.suspicion.notified().await;
    }

    /// Looks the pages through, as they stand on the disk; remembers and tells what is wrong. Takes long
    /// where there are many. PostgreSQL looks after itself.
    pub async fn look_through(&self) -> sqlx::Result<Option<String>> {
        let Some(file) = &self.file else { return Ok(None) };
        let length = file.length()?;
        let damage = damage(&file.path, length).await?;
        if damage.is_none() {
            file.longest.store(length, Ordering::SeqCst);
        }
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&damage);
        Ok(damage)
    }

    /// Whether people can log in: something is written to find out, at most once a second.
    pub async fn is_ready(&self, store: &Store) -> Result<(), Unready> {
        let mut known = self.ready.lock().await;
        if let Some((_, ready)) = known.filter(|(at, _)| at.elapsed() < READY_FOR) {
            return ready;
        }
        let ready = if self.damage().is_some() { Err(Unready::Damaged) } else { can_write(store).await };
        *known = Some((Instant::now(), ready));
        ready
    }
}

impl DatabaseFile {
    /// How long the file is, if it is still the one that was opened.
    fn length(&self) -> io::Result<u64> {
        let found = fs::metadata(&self.path).ok().filter(|found| (found.dev(), found.ino()) == self.identity);
        let path = self.path.display();
        found.map(|found| found.len()).ok_or_else(|| {
            io::Error::other(format!("{path} is gone, or another file: put back the one that was there, or start anew"))
        })
    }

    fn check(&self) -> io::Result<()> {
        let length = self.length()?;
        if length < self.longest.fetch_max(length, Ordering::SeqCst) {
            return Err(io::Error::other(format!("{} was cut short", self.path.display())));
        }
        for ending in ["-wal", "-shm"] {
            let part = beside(&self.path, ending);
            fs::metadata(&part).map_err(|_| io::Error::other(format!("{} is gone; start anew", part.display())))?;
        }
        Ok(())
    }
}

async fn damage(file: &Path, length: u64) -> sqlx::Result<Option<String>> {
    if length == 0 {
        // SQLite would take it for a new one and delete its log.
        return Ok(Some("it is empty".to_owned()));
    }
    match look(file).await {
        Err(sqlx::Error::Database(error)) if is_damage(error.code().as_deref()) => Ok(Some(error.message().to_owned())),
        looked => looked,
    }
}

async fn look(file: &Path) -> sqlx::Result<Option<String>> {
    // A connection of its own: the others know by heart what they read when all was well.
    let mut connection = connect(file, "mode=rw").await?;
    let looked = quick_check(&mut connection).await;
    connection.close().await?;
    looked
}

async fn quick_check(connection: &mut AnyConnection) -> sqlx::Result<Option<String>> {
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await?;
    Ok((verdict != "ok").then_some(verdict))
}

/// CORRUPT and NOTADB.
fn is_damage(code: Option<&str>) -> bool {
    let code = code.and_then(|code| code.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

async fn can_write(store: &Store) -> Result<(), Unready> {
    let written = async {
        let mut tx = store.begin().await?;
        guards::put(&mut *tx, "last ready", &store.changes().to_string()).await?;
        tx.commit().await
    };
    let written = tokio::time::timeout(WRITE_TIME, written).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
    written.map_err(|error| {
        tracing::warn!(%error, "The database cannot be written.");
        Unready::Unwritable
    })
}
