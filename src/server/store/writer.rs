//! The one connection that writes to SQLite, in turns. Not a pool of one: a pool tries each connection
//! that comes back, and every try is a way to the connection's thread and back.

use super::changes::Changes;
use super::health::Health;
use super::pool::connect_writer;
use sqlx::{AnyConnection, Connection, Executor};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Longest wait for one's turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands the connection to one transaction at a time.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    file: PathBuf,
    health: Arc<Health>,
    line: Arc<Mutex<Line>>,
}

/// The connection, and how far its transaction is. Whatever is waited for here may be given up at any
/// moment: then it stands noted as under way, and the next one ends it.
#[derive(Debug)]
struct Line {
    connection: AnyConnection,
    stage: Stage,
    changes: Changes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Free,
    Begun,
    Committing,
    Closed,
}

/// A transaction: the connection until it ends.
#[derive(Debug)]
pub(super) struct Turn(OwnedMutexGuard<Line>);

impl Writer {
    /// Connects to a file that is there.
    pub async fn open(file: &Path, health: &Arc<Health>, changes: &Changes) -> sqlx::Result<Self> {
        let connection = connect_writer(file, health).await?;
        let line = Line { connection, stage: Stage::Free, changes: changes.clone() };
        Ok(Self { file: file.to_owned(), health: Arc::clone(health), line: Arc::new(Mutex::new(line)) })
    }

    /// Begins a transaction when it is its turn.
    pub async fn begin(&self) -> sqlx::Result<Turn> {
        let line = tokio::time::timeout(PATIENCE, Arc::clone(&self.line).lock_owned()).await;
        let mut turn = Turn(line.map_err(|_| sqlx::Error::PoolTimedOut)?);
        match turn.0.begin().await {
            Err(sqlx::Error::WorkerCrashed) => {
                turn.0.replace(connect_writer(&self.file, &self.health).await?);
                turn.0.begin().await?;
            }
            begun => begun?,
        }
        Ok(turn)
    }

    /// Closes the connection when it is free; whoever begins a transaction from then on is refused.
    pub async fn close(&self) -> sqlx::Result<()> {
        let mut line = self.line.lock().await;
        line.end().await?;
        line.stage = Stage::Closed;
        // Something has to stand in its place.
        let nothing = AnyConnection::connect("sqlite::memory:").await?;
        std::mem::replace(&mut line.connection, nothing).close().await
    }
}

impl Line {
    async fn begin(&mut self) -> sqlx::Result<()> {
        if self.stage == Stage::Closed {
            return Err(sqlx::Error::PoolClosed);
        }
        self.end().await?;
        self.stage = Stage::Begun;
        // A deferred transaction that writes later fails at once, whatever `busy_timeout` says.
        let begun = self.connection.execute("BEGIN IMMEDIATE").await;
        if begun.is_err() {
            self.stage = Stage::Free;
        }
        begun.map(drop)
    }

    async fn commit(&mut self) -> sqlx::Result<()> {
        self.stage = Stage::Committing;
        let committed = self.connection.execute("COMMIT").await;
        if committed.is_ok() {
            self.stage = Stage::Free;
            self.changes.add();
        }
        committed.map(drop)
    }

    /// Ends a transaction that nobody waits for any more.
    async fn end(&mut self) -> sqlx::Result<()> {
        let stage = self.stage;
        if !matches!(stage, Stage::Begun | Stage::Committing) {
            return Ok(());
        }
        match self.connection.execute("ROLLBACK").await {
            // Nothing was begun, or it is committed, or SQLite gave it up by itself.
            Ok(_) | Err(sqlx::Error::Database(_)) => {}
            Err(error) => return Err(error),
        }
        self.stage = Stage::Free;
        if stage == Stage::Committing {
            self.changes.add();
        }
        Ok(())
    }

    /// Goes on with another connection; nobody knows what became of the last commit of this one.
    fn replace(&mut self, connection: AnyConnection) {
        (self.connection, self.stage) = (connection, Stage::Free);
        self.changes.add();
    }
}

impl Turn {
    /// Makes the writes last.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.0.commit().await
    }

    pub fn connection(&self) -> &AnyConnection {
        &self.0.connection
    }

    pub fn connection_mut(&mut self) -> &mut AnyConnection {
        &mut self.0.connection
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (line, is_free) = (Arc::clone(OwnedMutexGuard::mutex(&self.0)), self.0.stage == Stage::Free);
        if let (false, Ok(runtime)) = (is_free, tokio::runtime::Handle::try_current()) {
            // As soon as may be: other processes wait for it too. Whose turn comes before does the same.
            runtime.spawn(async move { line.lock().await.end().await });
        }
    }
}
