//! Transactions that may write, counted: whoever remembers something of the database can tell
//! whether this process has changed it since.

use sqlx::{Any, AnyConnection, Transaction};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Notify;

/// How many transactions this process has committed.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    commits: AtomicU64,
    committed: Notify,
}

impl Changes {
    /// The count: if it is the same before something was read and now, nothing read has been changed here since.
    pub(super) fn count(&self) -> u64 {
        self.0.commits.load(Ordering::SeqCst)
    }

    /// Waits for the next commit, or for none if there was one since the last wait. For one waiter.
    pub(super) async fn committed(&self) {
        self.0.committed.notified().await;
    }
}

/// A transaction that may write. On SQLite it holds the one writing connection.
pub struct WriteTx {
    tx: Transaction<'static, Any>,
    changes: Changes,
}

impl WriteTx {
    pub(super) fn new(tx: Transaction<'static, Any>, changes: Changes) -> Self {
        Self { tx, changes }
    }

    /// Makes the writes last. Counted once they can be seen, and before the caller hears of it.
    pub async fn commit(self) -> sqlx::Result<()> {
        let Self { tx, changes } = self;
        // On a task of its own: where the client hangs up, a commit under way would be seen uncounted.
        let committing = tokio::spawn(async move {
            let committed = tx.commit().await;
            // A failure may have come after the deed.
            changes.0.commits.fetch_add(1, Ordering::SeqCst);
            changes.0.committed.notify_one();
            committed
        });
        committing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }
}

impl Deref for WriteTx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.tx
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }
}
