//! A full disk, and a file that somebody else holds.

use super::database::{connect, standing};
use super::people::{easily, easy, easy_again, log_in, me, refuses_writes_and_reads_on, register, token, works_again};
use super::program::{Server, program, set};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use sqlx::{Connection, Executor};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const ADA: &str = "ada@example.test";

/// A small disk; unmounted with its owner.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where nothing may be mounted.
    fn mounted_at(path: &Path) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs"]).arg(path).output();
        mounted.is_ok_and(|done| done.status.success()).then(|| Self(path.to_owned()))
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    fn fill(&self) {
        let mut file = File::create(self.ballast()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().map(drop).unwrap_or_default();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_writes_reads_on_and_is_forgotten_when_space_returns() {
    let folder = TempDir::new().unwrap();
    let Some(disk) = SmallDisk::mounted_at(&folder.path().join("data")) else {
        println!("skipped: nothing may be mounted here; the limit of file sizes is tested instead");
        return;
    };
    let server = easy(folder.path());
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    disk.fill();
    refuses_writes_and_reads_on(&server, &token, 4);
    fs::remove_file(disk.ballast()).unwrap();
    works_again(&server);
    assert!(server.log().contains("database or disk is full"), "the log says why: {}", server.log());
    let address = server.address.clone();
    server.kill();
    let server = easy_again(folder.path(), &address);
    assert_eq!((log_in(&server, ADA).status, me(&server, &token).status), (200, 200));
    server.kill();
    assert_eq!(standing(&folder.path().join("data/sekisho.db")).await.1, 2);
    // What needs space of its own says so, and leaves nothing.
    disk.fill();
    let said = super::program::run(folder.path(), &["backup", "data/copy.db"], "").unwrap_err();
    assert!(said.starts_with("The backup failed: ") || said.contains("cannot be written"), "{said}");
    assert!(!disk.0.join("copy.db").exists() && !disk.0.join("copy.db.part").exists());
}

/// The same by a limit, which needs no privilege: a file may not grow beyond what the longest one has.
#[tokio::test]
async fn files_that_may_not_grow_refuse_writes_read_on_and_are_forgotten_when_they_may() {
    let folder = TempDir::new().unwrap();
    // Who ignores the signal is told by an error instead, as for every other fault of a disk.
    let mut ignoring = Command::new("sh");
    set(&mut ignoring, folder.path());
    ignoring.args(["-c", "trap '' XFSZ; exec \"$0\"", env!("CARGO_BIN_EXE_sekisho")]);
    let server = Server::start_as(easily(ignoring));
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    let longest = ["sekisho.db", "sekisho.db-wal"].map(|name| folder.path().join("data").join(name));
    let longest = longest.iter().map(|file| file.metadata().unwrap().len()).max();
    let pid = Pid::from_child(&server.child);
    prlimit(Some(pid), Resource::Fsize, Rlimit { current: longest, maximum: None }).unwrap();
    refuses_writes_and_reads_on(&server, &token, 4);
    prlimit(Some(pid), Resource::Fsize, Rlimit { current: None, maximum: None }).unwrap();
    works_again(&server);
    let address = server.address.clone();
    server.kill();
    let server = easy_again(folder.path(), &address);
    assert_eq!((log_in(&server, ADA).status, me(&server, &token).status), (200, 200));
}

#[tokio::test]
async fn a_database_that_somebody_else_holds_refuses_writes_and_reads_on() {
    let folder = TempDir::new().unwrap();
    let server = easy(folder.path());
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    let mut holder = connect(&folder.path().join("data/sekisho.db")).await;
    holder.execute("BEGIN IMMEDIATE").await.unwrap();
    refuses_writes_and_reads_on(&server, &token, 1);
    holder.execute("ROLLBACK").await.unwrap();
    holder.close().await.unwrap();
    works_again(&server);
}

#[test]
fn a_disk_too_full_to_start_on_is_a_sentence() {
    let folder = TempDir::new().unwrap();
    let Some(disk) = SmallDisk::mounted_at(&folder.path().join("data")) else { return };
    disk.fill();
    let said = super::program::refusal(&mut program(folder.path()));
    assert!(said.starts_with("SEKISHO_DATABASE_URL") && !said.contains("panicked"), "{said}");
}
