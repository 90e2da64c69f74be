//! What this process has changed in the database: whoever remembers something of it can tell whether it
//! may have changed since.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::Notify;

/// How many transactions this process has committed, and whether they brought something to be posted.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    commits: AtomicU64,
    owes_post: AtomicBool,
    post: Notify,
}

impl Changes {
    /// The count: if it is the same before something was read and now, nothing read has been changed here since.
    pub(super) fn count(&self) -> u64 {
        self.0.commits.load(Ordering::SeqCst)
    }

    /// Counts a commit that can be seen, before its caller hears of it.
    pub(super) fn add(&self) {
        self.0.commits.fetch_add(1, Ordering::SeqCst);
        if self.0.owes_post.swap(false, Ordering::SeqCst) {
            self.0.post.notify_one();
        }
    }

    /// The next commit brings something to be posted, more or less: transactions of others may commit first.
    pub(super) fn owe_post(&self) {
        self.0.owes_post.store(true, Ordering::SeqCst);
    }

    /// Waits for a commit that brings something to be posted, or for none if there was one since the last
    /// wait. For one waiter.
    pub(super) async fn post(&self) {
        self.0.post.notified().await;
    }
}
