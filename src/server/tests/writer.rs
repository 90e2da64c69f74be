//! The one connection that writes to SQLite: whoever gives up at whatever moment leaves nothing behind.

use super::app::Folder;
use crate::server::store::{Store, guards};
use sqlx::Connection;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

async fn open(folder: &Folder) -> Store {
    Store::open(&url(folder)).await.unwrap()
}

fn url(folder: &Folder) -> String {
    format!("sqlite:{}", folder.0.join("sekisho.db").display())
}

async fn write(store: &Store, value: &str) -> sqlx::Result<()> {
    let mut tx = store.begin().await?;
    guards::put(&mut *tx, "name", value).await?;
    tx.commit().await
}

async fn found(store: &Store) -> Option<String> {
    guards::find(store.read(), "name").await.unwrap()
}

/// Looks after `work` so many times, and then no more.
async fn give_up_after(looks: usize, work: impl Future) {
    let mut work = pin!(work);
    for _ in 0..looks {
        let is_done = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_ready())).await;
        if is_done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone_and_keeps_no_other_process_waiting() {
    let folder = Folder::new();
    let store = open(&folder).await;
    write(&store, "first").await.unwrap();
    let mut tx = store.begin().await.unwrap();
    guards::put(&mut *tx, "name", "second").await.unwrap();
    drop(tx);
    let mut other = sqlx::AnyConnection::connect(&url(&folder)).await.unwrap();
    let theirs = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    theirs.rollback().await.unwrap();
    assert_eq!(found(&store).await.as_deref(), Some("first"));
    write(&store, "third").await.unwrap();
    assert_eq!(found(&store).await.as_deref(), Some("third"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_a_write_at_whatever_moment_neither_blocks_others_nor_goes_uncounted() {
    let folder = Folder::new();
    let store = open(&folder).await;
    let mut kept = 0;
    for round in 0..300 {
        let (value, before) = (round.to_string(), store.changes());
        // On a busy machine sixty looks may see no write end; one in sixty is waited for.
        let looks = if round % 60 == 59 { usize::MAX } else { round % 60 };
        give_up_after(looks, write(&store, &value)).await;
        // The turn after theirs: whatever they began has ended.
        store.begin().await.unwrap().commit().await.unwrap();
        let is_kept = found(&store).await.as_deref() == Some(&value);
        kept += usize::from(is_kept);
        let commits = store.changes() - before;
        assert!(commits > u64::from(is_kept), "round {round}: kept without being counted");
    }
    assert!((1..300).contains(&kept), "{kept} of 300 were kept: nothing was tried");
    write(&store, "last").await.unwrap();
    assert_eq!(found(&store).await.as_deref(), Some("last"));
}

#[tokio::test]
async fn after_closing_nothing_is_written_and_no_log_is_left() {
    let folder = Folder::new();
    let store = open(&folder).await;
    write(&store, "first").await.unwrap();
    store.close().await;
    assert!(write(&store, "second").await.is_err());
    assert!(!folder.0.join("sekisho.db-wal").exists(), "the log is written back");
    assert_eq!(found(&open(&folder).await).await.as_deref(), Some("first"));
}
