//! The connections that read from SQLite, each for one query at a time. Not a pool of sqlx: that tries each
//! connection that comes back, and every try is a way to the connection's thread and back.

use super::health::Health;
use super::pool::connect_reader;
use sqlx::{AnyConnection, Connection};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many there are.
pub(super) const READERS: u32 = 4;
/// Longest wait for one of them.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands out the connections.
#[derive(Clone, Debug)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    file: PathBuf,
    health: Arc<Health>,
    turns: Arc<Semaphore>,
    /// The latest used last: its memory is warm.
    idle: Mutex<Vec<AnyConnection>>,
}

/// A connection in use; it comes back when this is dropped, unless its thread has ended.
pub(super) struct Reading {
    shared: Arc<Shared>,
    connection: Option<AnyConnection>,
    _turn: OwnedSemaphorePermit,
}

impl Readers {
    /// Connects to a file that is there. All at once: while the file is lost, there are no more to be had.
    pub async fn open(file: &Path, health: &Arc<Health>) -> sqlx::Result<Self> {
        let mut idle = Vec::new();
        for _ in 0..READERS {
            idle.push(connect_reader(file, health).await?);
        }
        let turns = Arc::new(Semaphore::new(idle.len()));
        let shared = Shared { file: file.to_owned(), health: Arc::clone(health), turns, idle: Mutex::new(idle) };
        Ok(Self(Arc::new(shared)))
    }

    /// How many are idle.
    pub fn idle(&self) -> usize {
        self.0.turns.available_permits()
    }

    /// Closes them when they are idle; whoever wants to read from then on is refused.
    pub async fn close(&self) -> sqlx::Result<()> {
        let all = self.0.turns.acquire_many(READERS).await.map_err(|_| sqlx::Error::PoolClosed)?;
        self.0.turns.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            connection.close().await?;
        }
        Ok(())
    }

    /// One of them, when one is idle.
    pub async fn acquire(&self) -> sqlx::Result<Reading> {
        let shared = Arc::clone(&self.0);
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&shared.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = shared.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect_reader(&shared.file, &shared.health).await?,
        };
        Ok(Reading { shared, connection: Some(connection), _turn: turn })
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<AnyConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    /// The connection itself.
    pub fn connection(&mut self) -> sqlx::Result<&mut AnyConnection> {
        self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Drops the connection if its thread has ended.
    pub fn heed<T>(&mut self, result: sqlx::Result<T>) -> sqlx::Result<T> {
        if let Err(sqlx::Error::WorkerCrashed) = result {
            self.connection = None;
        }
        result
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.shared.idle().extend(self.connection.take());
    }
}
