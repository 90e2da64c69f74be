//! Puts another file in the place of an SQLite database.

use super::copy::{beside, remove_if_there, stamp, sync_folder};
use super::pool::connect;
use crate::model::Timestamp;
use sqlx::{Connection, Executor};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Brings what stands in the log of a database into its file; false if somebody else has it open.
/// A file that cannot be opened stays as it is: it may be the reason for all this.
pub async fn settle(database: &Path) -> bool {
    let is_empty = fs::metadata(database).map_or(true, |file| file.len() == 0);
    // SQLite would delete the log of an empty file.
    if is_empty {
        return true;
    }
    let settled = async {
        let mut present = connect(database, "mode=rw").await?;
        let settled = present.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
        present.close().await?;
        settled
    };
    // The last one to close it deletes the log.
    settled.await.is_err() || !beside(database, "-wal").exists()
}

/// Puts `part` in the place of the database; what stood there keeps its bytes under another name, which
/// is told.
pub fn replace(database: &Path, part: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    let kept = database.exists().then(|| beside(&database.with_extension(""), &format!(".replaced-{}.db", stamp(now))));
    if let Some(kept) = &kept {
        // A second name instead of another one: there is no moment without a database, in which a server
        // that is started would make an empty one.
        fs::hard_link(database, kept).or_else(|_| fs::rename(database, kept))?;
    }
    // The log of another database must never stand beside the restored one.
    let log = beside(database, "-wal");
    if log.exists() {
        let whose = kept.clone().unwrap_or_else(|| beside(database, ".lost"));
        fs::rename(&log, beside(&whose, "-wal"))?;
    }
    remove_if_there(&beside(database, "-shm"))?;
    sync_folder(database)?;
    fs::rename(part, database)?;
    sync_folder(database)?;
    Ok(kept)
}
