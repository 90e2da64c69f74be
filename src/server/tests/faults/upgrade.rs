//! An older database under a newer program.

use super::database::{migrator, old, standing};
use super::program::{Server, program, run};
use super::rounds;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The last change of the tables before the upgrade.
const OLD: i64 = 5;
const ACCOUNTS: i64 = 3000;

fn newest() -> i64 {
    migrator().iter().map(|change| change.version).max().unwrap()
}

async fn old_folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let database = folder.path().join("data/sekisho.db");
    fs::create_dir(folder.path().join("data")).unwrap();
    old(&database, OLD, ACCOUNTS as usize).await;
    (folder, database)
}

fn copies(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder.join("data/backups")) else { return Vec::new() };
    let mut copies: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    copies.sort();
    copies
}

#[tokio::test]
async fn an_upgrade_keeps_a_copy_and_says_so_and_a_start_without_one_copies_nothing() {
    let (folder, database) = old_folder().await;
    let server = Server::start(folder.path());
    let log = server.log();
    assert_eq!(log.matches("a copy of the database as it was is kept").count(), 1, "{log}");
    server.stop();
    assert_eq!(standing(&database).await, (newest(), ACCOUNTS, ACCOUNTS));
    let kept = copies(folder.path());
    let name = kept[0].file_name().unwrap().to_str().unwrap();
    assert!(kept.len() == 1 && name.starts_with("before-0006-2") && name.ends_with("Z.db"), "{kept:?}");
    assert_eq!(kept[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(standing(&kept[0]).await, (OLD, ACCOUNTS, ACCOUNTS));
    Server::start(folder.path()).stop();
    assert_eq!(copies(folder.path()), kept, "nothing to bring up to date, nothing to copy");
    let fresh = TempDir::new().unwrap();
    Server::start(fresh.path()).stop();
    assert!(copies(fresh.path()).is_empty());
}

#[tokio::test]
async fn the_newest_five_copies_are_kept() {
    let (folder, _) = old_folder().await;
    fs::create_dir(folder.path().join("data/backups")).unwrap();
    for day in 1..=9 {
        fs::write(folder.path().join(format!("data/backups/before-0005-2025010{day}T000000Z.db")), "older").unwrap();
    }
    fs::write(folder.path().join("data/backups/mine.db"), "not ours").unwrap();
    Server::start(folder.path()).stop();
    let names: Vec<String> =
        copies(folder.path()).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(
        names[0].contains("20250106") && names[4].starts_with("before-0006-") && names[5] == "mine.db",
        "{names:?}"
    );
}

/// Killed while it copies, while it changes the tables, before and after.
#[tokio::test]
async fn an_upgrade_killed_at_any_moment_leaves_old_or_new_and_the_next_start_succeeds() {
    let (folder, database) = old_folder().await;
    let started = Instant::now();
    Server::start(folder.path()).kill();
    let whole = started.elapsed();
    let (mut olds, mut news) = (0, 0);
    for round in 0..rounds(6) {
        let (folder, database) = old_folder().await;
        let mut child = program(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Spread over the start by a number without a pattern of its own.
        let part = (round as f64 * 0.618_034).fract();
        tokio::time::sleep(whole.mul_f64(part)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        match standing(&database).await {
            (OLD, ACCOUNTS, ACCOUNTS) => olds += 1,
            (version, ACCOUNTS, ACCOUNTS) if version == newest() => news += 1,
            other => panic!("neither old nor new: {other:?}"),
        }
        Server::start(folder.path()).kill();
        assert_eq!(standing(&database).await, (newest(), ACCOUNTS, ACCOUNTS));
        for copy in copies(folder.path()).iter().filter(|path| path.to_str().unwrap().contains("before-")) {
            assert_eq!(standing(copy).await, (OLD, ACCOUNTS, ACCOUNTS), "a copy is whole or not there");
        }
    }
    println!("killed in the first {whole:?} of a start: {olds} left old, {news} left new");
    assert_eq!(standing(&database).await.0, newest());
}

#[tokio::test]
async fn the_tables_of_a_database_in_use_are_left_alone() {
    let (folder, database) = old_folder().await;
    let lock = fs::File::create(folder.path().join("data/sekisho.db-lock")).unwrap();
    lock.lock_shared().unwrap();
    let said = run(folder.path(), &["account", "list"], "").unwrap_err();
    assert!(said.contains("stop that one first"), "{said}");
    assert_eq!(standing(&database).await.0, OLD);
    assert!(copies(folder.path()).is_empty());
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        drop(lock);
    });
    run(folder.path(), &["account", "list"], "").unwrap();
    assert_eq!(standing(&database).await.0, newest());
}
