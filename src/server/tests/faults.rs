//! What becomes of the program when the database fails it: killed amid an upgrade, a full disk, a file
//! that is locked, gone, cut short or damaged, a PostgreSQL that goes away.
//!
//! `SEKISHO_ROUNDS=50 cargo test --test faults` kills more often.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "faults/backup.rs"]
mod backup;
#[path = "faults/database.rs"]
mod database;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/file.rs"]
mod file;
#[path = "faults/people.rs"]
mod people;
#[path = "faults/postgres.rs"]
mod postgres;
#[path = "program.rs"]
mod program;
#[path = "faults/upgrade.rs"]
mod upgrade;

/// How often something is tried at a random moment.
#[expect(clippy::disallowed_methods, reason = "says how long the tests may take")]
fn rounds(few: usize) -> usize {
    std::env::var("SEKISHO_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(few)
}
