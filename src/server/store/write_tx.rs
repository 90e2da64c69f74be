//! Transactions that may write, alike for both databases.

use super::changes::Changes;
use super::writer::Turn;
use sqlx::{Any, AnyConnection, Transaction};
use std::ops::{Deref, DerefMut};

/// A transaction that may write. On SQLite it holds the one writing connection.
#[derive(Debug)]
pub struct WriteTx(How);

#[derive(Debug)]
enum How {
    Sqlite(Turn),
    Postgres(Transaction<'static, Any>, Changes),
}

impl WriteTx {
    pub(super) fn sqlite(turn: Turn) -> Self {
        Self(How::Sqlite(turn))
    }

    pub(super) fn postgres(tx: Transaction<'static, Any>, changes: Changes) -> Self {
        Self(How::Postgres(tx, changes))
    }

    /// Makes the writes last. Counted once they can be seen, and before the caller hears of it.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self.0 {
            How::Sqlite(turn) => turn.commit().await,
            How::Postgres(tx, changes) => commit(tx, changes).await,
        }
    }
}

/// On a task of its own: where the client hangs up, a commit under way would be seen uncounted.
async fn commit(tx: Transaction<'static, Any>, changes: Changes) -> sqlx::Result<()> {
    let committing = tokio::spawn(async move {
        let committed = tx.commit().await;
        // A failure may have come after the deed.
        changes.add();
        committed
    });
    committing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

impl Deref for WriteTx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match &self.0 {
            How::Sqlite(turn) => turn.connection(),
            How::Postgres(tx, _) => tx,
        }
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            How::Sqlite(turn) => turn.connection_mut(),
            How::Postgres(tx, _) => tx,
        }
    }
}
