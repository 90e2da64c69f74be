//! Who writes, and when.

use super::super::app::Folder;
use super::people::account;
use super::{unique, urls};
use crate::model::Timestamp;
use crate::server::store::{Store, guards, recovery_codes};

#[tokio::test]
async fn of_50_parallel_spends_of_a_code_one_succeeds_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let now = Timestamp::from(1_800_000_000);
        let ada = account(&store, now).await;
        let digest = unique("code");
        let mut tx = store.begin().await.unwrap();
        recovery_codes::insert(&mut *tx, &ada, &digest, now).await.unwrap();
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (store, ada, digest) = (store.clone(), ada.clone(), digest.clone());
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let spent = recovery_codes::spend(&mut *tx, &ada, &digest, now).await.unwrap();
                    tx.commit().await.unwrap();
                    spent
                })
            })
            .collect();
        let mut successes = 0;
        for task in tasks {
            successes += usize::from(task.await.unwrap());
        }
        assert_eq!(successes, 1);
        store.close().await;
    }
}

#[tokio::test]
async fn sqlite_runs_with_every_promised_setting() {
    let folder = Folder::new();
    let store = Store::open(&format!("sqlite:{}", folder.0.join("store.db").display())).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(mode, "wal");
    for (pragma, wanted) in [
        ("PRAGMA synchronous", 2_i64),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA busy_timeout", 5000),
        ("PRAGMA mmap_size", 0),
        ("PRAGMA trusted_schema", 0),
    ] {
        let found: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(found, wanted, "{pragma}");
    }
    tx.commit().await.unwrap();
    let written = sqlx::query("DELETE FROM guards").execute(store.read()).await;
    assert!(written.is_err(), "readers cannot write");
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(store.read()).await.unwrap();
    assert!(version.as_str() >= "3.51.3", "{version} can lose a log that is reset while it is read");
    store.close().await;
}

#[tokio::test]
async fn a_burst_of_writers_all_get_their_turn_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let prefix = unique("burst");
        let writers: Vec<_> = (0..200)
            .map(|number| {
                let (store, name) = (store.clone(), format!("{prefix}-{number}"));
                tokio::spawn(async move {
                    let mut tx = store.begin().await?;
                    guards::claim(&mut *tx, &name, "x").await?;
                    tx.commit().await
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_change_is_counted_even_where_nobody_waits_for_it() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let (before, name) = (store.changes(), unique("guard"));
        let mut tx = store.begin().await.unwrap();
        guards::claim(&mut *tx, &name, "x").await.unwrap();
        drop(tx);
        assert_eq!(store.changes(), before, "what was taken back is no change");
        let mut tx = store.begin().await.unwrap();
        guards::claim(&mut *tx, &name, "x").await.unwrap();
        // Asked once and dropped, as when a client hangs up.
        drop(tokio::time::timeout(std::time::Duration::ZERO, tx.commit()).await);
        while guards::find(store.read(), &name).await.unwrap().is_none() || store.changes() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.changes(), before + 1);
        store.close().await;
    }
}
