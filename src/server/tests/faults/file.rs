//! A database file that is gone, cut short or damaged under a running server, and the way back.

use super::database::{connect, standing};
use super::people::{
    easy, easy_again, eventually, log_in, me, refuses_writes_and_reads_on, register, token, works_again,
};
use super::program::run;
use sqlx::{Connection, Executor};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use tempfile::TempDir;

const ADA: &str = "ada@example.test";
const PAGE: u64 = 4096;

/// Brings the log into the file, as happens by itself from time to time.
async fn checkpoint(file: &Path) {
    let mut database = connect(file).await;
    database.execute("PRAGMA wal_checkpoint(PASSIVE)").await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_database_that_was_moved_away_takes_no_write_and_works_again_when_it_is_back() {
    let folder = TempDir::new().unwrap();
    let (file, elsewhere) = (folder.path().join("data/sekisho.db"), folder.path().join("elsewhere.db"));
    let server = easy(folder.path());
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    fs::rename(&file, &elsewhere).unwrap();
    refuses_writes_and_reads_on(&server, &token, 3);
    assert!(!file.exists(), "no empty one takes its place");
    // Another one is no better: writes would go to the one that was opened, and whoever opened this one
    // would find no table in it.
    File::create(&file).unwrap();
    refuses_writes_and_reads_on(&server, &token, 3);
    assert!(folder.path().join("data/sekisho.db-wal").exists(), "the log of the other one is not deleted");
    assert!(server.log().contains("is gone, or another file"), "{}", server.log());
    fs::rename(&elsewhere, &file).unwrap();
    works_again(&server);
    let log = folder.path().join("data/sekisho.db-wal");
    fs::rename(&log, &elsewhere).unwrap();
    assert!(log_in(&server, ADA).says_come_back(), "what is written to a log without a name is lost");
    fs::rename(&elsewhere, &log).unwrap();
    eventually("it works again", || log_in(&server, ADA).status == 200);
    assert_eq!(server.stop(), Some(0));
    assert_eq!(standing(&file).await.1, 2);
}

/// From the fault to a restored backup.
#[tokio::test]
async fn a_database_cut_short_is_told_loudly_takes_no_write_and_a_backup_brings_it_back() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("data/sekisho.db");
    let server = easy(folder.path());
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    run(folder.path(), &["backup", "good.db"], "").unwrap();
    checkpoint(&file).await;
    assert_eq!(log_in(&server, ADA).status, 200);
    OpenOptions::new().write(true).open(&file).unwrap().set_len(3 * PAGE).unwrap();
    for _ in 0..3 {
        assert!(log_in(&server, ADA).says_come_back(), "{}", server.log());
    }
    eventually("the log says so", || server.log().contains("The database is damaged"));
    let ready = server.get("/readyz");
    assert!(ready.says_come_back() && ready.body.contains("damaged"), "{ready:?}");
    for _ in 0..5 {
        assert!([200, 503].contains(&me(&server, &token).status), "{}", server.log());
    }
    assert_eq!(server.get("/login").status, 200);
    assert_eq!(server.get("/healthz").status, 200);
    assert!(!server.log().contains("panicked"));
    server.stop();
    // Whether it starts or not, it says what is wrong and changes nothing.
    run(folder.path(), &["restore", "good.db"], "").unwrap();
    let server = easy(folder.path());
    assert_eq!(log_in(&server, ADA).status, 200);
    assert_eq!(server.get("/readyz").status, 200);
}

#[tokio::test]
async fn damage_inside_is_found_soon_after_the_start_and_then_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("data/sekisho.db");
    let server = easy(folder.path());
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    let address = server.address.clone();
    assert_eq!(server.stop(), Some(0));
    // A page that nobody reads who looks at an account.
    let mut database = connect(&file).await;
    let root: i64 = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = 'outbox'")
        .fetch_one(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    let pages = OpenOptions::new().write(true).open(&file).unwrap();
    pages.write_all_at(&[0xA5; PAGE as usize], (root as u64 - 1) * PAGE).unwrap();
    let server = easy_again(folder.path(), &address);
    eventually("the log says so", || server.log().contains("The database is damaged"));
    let ready = server.get("/readyz");
    assert!(ready.says_come_back() && ready.body == "not ready: the database is damaged\n", "{ready:?}");
    refuses_writes_and_reads_on(&server, &token, 3);
    assert_eq!(server.stop(), Some(0));
}
