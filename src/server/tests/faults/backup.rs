//! Copies made by hand, and what is put back.

use super::database::{connect, standing};
use super::people::{easy, log_in, me, register, token};
use super::program::{run, run_as, set};
use sqlx::{Connection, Executor};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;

fn command(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    run(folder, arguments, "")
}

fn give_key(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("data")).unwrap();
    fs::copy(from.join("data/master.key"), to.join("data/master.key")).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("data")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_made_while_people_log_in_is_whole_and_lets_them_in_elsewhere() {
    let folder = TempDir::new().unwrap();
    let server = easy(folder.path());
    assert_eq!(register(&server, "ada@example.test").status, 201);
    let (is_over, logins) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    assert_eq!(log_in(&server, "ada@example.test").status, 200);
                    logins.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 0..4 {
            let before = logins.load(Ordering::Relaxed);
            let name = format!("{number}.db");
            let said = command(folder.path(), &["backup", &name]).unwrap();
            assert!(said.contains("accounts: 1") && said.contains("master.key"), "{said}");
            let said = command(folder.path(), &["restore", "--check", &name]).unwrap();
            assert!(said.contains("can be restored: it holds accounts: 1"), "{said}");
            while logins.load(Ordering::Relaxed) == before {
                std::thread::yield_now();
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let mode = folder.path().join("3.db").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let said = command(folder.path(), &["backup", "3.db"]).unwrap_err();
    assert!(said.contains("overwrites nothing"), "{said}");
    let old_token = token(&server, "ada@example.test");
    assert_eq!(command(folder.path(), &["backup", "last.db"]).map(drop), Ok(()));

    let elsewhere = TempDir::new().unwrap();
    give_key(folder.path(), elsewhere.path());
    let file = folder.path().join("last.db").display().to_string();
    let said = command(elsewhere.path(), &["restore", &file]).unwrap();
    assert!(said.contains("accounts: 1") && said.contains("log in again"), "{said}");
    let restored = easy(elsewhere.path());
    assert_eq!(me(&restored, &old_token).status, 401, "sessions of the copy are over");
    assert_eq!(me(&server, &old_token).status, 200, "and only there");
    assert_eq!(me(&restored, &token(&restored, "ada@example.test")).status, 200);
    assert_eq!(
        names(elsewhere.path()),
        ["master.key", "sekisho.db", "sekisho.db-lock", "sekisho.db-shm", "sekisho.db-wal"]
    );
}

#[tokio::test]
async fn a_copy_takes_the_place_of_a_database_that_nobody_uses_and_what_stood_there_is_kept() {
    let folder = TempDir::new().unwrap();
    let server = easy(folder.path());
    register(&server, "ada@example.test");
    command(folder.path(), &["backup", "one.db"]).unwrap();
    register(&server, "bob@example.test");
    let said = command(folder.path(), &["restore", "one.db"]).unwrap_err();
    assert!(said.contains("stop every Sekisho on it first"), "{said}");
    token(&server, "bob@example.test"); // the server goes on
    // Killed: the last writes stand in the log only.
    server.kill();
    // A program that knows nothing of our lock has it open.
    let database = folder.path().join("data/sekisho.db");
    let mut other = connect(&database).await;
    other.execute("SELECT COUNT(*) FROM accounts").await.unwrap();
    let said = command(folder.path(), &["restore", "one.db"]).unwrap_err();
    assert!(said.contains("stop every Sekisho on it first"), "{said}");
    other.close().await.unwrap();

    let said = command(folder.path(), &["restore", "one.db"]).unwrap();
    let kept = PathBuf::from(said.split("What stood there is ").nth(1).unwrap().split(". ").next().unwrap());
    assert_eq!(standing(&kept).await.1, 2, "bob is in what was kept");
    assert_eq!(standing(&database).await.1, 1);
    let server = easy(folder.path());
    assert_eq!(log_in(&server, "ada@example.test").status, 200);
    assert_eq!(log_in(&server, "bob@example.test").status, 400);
    server.stop();
    command(folder.path(), &["restore", kept.to_str().unwrap()]).unwrap();
    assert_eq!(log_in(&easy(folder.path()), "bob@example.test").status, 200, "and back");
}

#[tokio::test]
async fn what_is_no_whole_copy_under_this_key_is_refused_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let server = easy(folder.path());
    for number in 0..40 {
        register(&server, &format!("a{number}@example.test"));
    }
    command(folder.path(), &["backup", "good.db"]).unwrap();
    assert_eq!(server.stop(), Some(0));
    let good = fs::read(folder.path().join("good.db")).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.db", b"");
    write("text.db", "not a database at all".repeat(99).as_bytes());
    write("short.db", &good[..good.len() / 2]);
    let mut damaged = good.clone();
    let half = damaged.len() / 2;
    damaged[half..half + 4096].fill(0xA5);
    write("damaged.db", &damaged);
    for (name, change) in [
        ("trigger.db", "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN DELETE FROM devices; END"),
        ("newer.db", "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2026-01-01', 1, x'00', 1)"),
        ("orphan.db", "PRAGMA foreign_keys = OFF; DELETE FROM accounts WHERE email = 'a1@example.test'"),
        ("other_key.db", "UPDATE guards SET value = 'x' WHERE name = 'master key fingerprint'"),
    ] {
        write(name, &good);
        let mut database = connect(&folder.path().join(name)).await;
        database.execute(change).await.unwrap();
        database.close().await.unwrap();
    }
    let before = (names(folder.path()), fs::read(folder.path().join("data/sekisho.db")).unwrap());
    for (name, why) in [
        ("nowhere.db", "No such file"),
        ("empty.db", "no database of Sekisho"),
        ("text.db", "not a database"),
        ("short.db", "malformed"),
        ("damaged.db", "damaged"),
        ("trigger.db", "no database of Sekisho"),
        ("newer.db", "a newer Sekisho"),
        ("orphan.db", "damaged"),
        ("other_key.db", "another master key"),
    ] {
        for arguments in [&["restore", "--check", name][..], &["restore", name][..]] {
            let said = command(folder.path(), arguments).unwrap_err();
            assert!(said.starts_with(&format!("{name} cannot be restored: ")) && said.contains(why), "{said}");
        }
        assert!(before == (names(folder.path()), fs::read(folder.path().join("data/sekisho.db")).unwrap()), "{name}");
    }
    command(folder.path(), &["restore", "--check", "good.db"]).unwrap();
    fs::remove_file(folder.path().join("data/master.key")).unwrap();
    assert!(command(folder.path(), &["restore", "good.db"]).unwrap_err().contains("master.key is missing"));
}

#[test]
fn postgresql_is_backed_up_by_its_own_program() {
    let folder = TempDir::new().unwrap();
    for arguments in [&["backup", "a.db"][..], &["restore", "a.db"], &["restore", "--check", "a.db"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sekisho"));
        set(&mut command, folder.path());
        command.env("SEKISHO_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").args(arguments);
        let said = run_as(command, "").unwrap_err();
        assert!(said.contains("pg_dump") && said.starts_with("SEKISHO_DATABASE_URL"), "{said}");
    }
    assert!(command(folder.path(), &["backup", "a.db"]).unwrap_err().contains("there is no database"));
    assert!(!folder.path().join("a.db").exists());
}
