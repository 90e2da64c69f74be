//! Copies of an SQLite database, made while it is used.

use crate::model::Timestamp;
use sqlx::{AnyConnection, Connection};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How many copies are kept that were made before the tables were changed.
const KEPT: usize = 5;

/// Writes what `database` holds at this moment to `file`, readable by its owner only and durable before
/// it has that name. Whatever stood there is replaced. Deleted rows are not part of the copy.
pub async fn write(database: &mut AnyConnection, file: &Path) -> sqlx::Result<()> {
    let part = beside(file, ".part");
    let written = write_part(database, &part).await;
    if written.is_err() {
        // The error says more than a failure to tidy up would.
        fs::remove_file(&part).unwrap_or_default();
    }
    written?;
    fs::rename(&part, file)?;
    sync_folder(file)?;
    Ok(())
}

async fn write_part(database: &mut AnyConnection, part: &Path) -> sqlx::Result<()> {
    let name = part.to_str().ok_or_else(|| io::Error::other("the name of a copy must be valid UTF-8"))?;
    remove_if_there(part)?;
    // SQLite writes into an empty file that is there, so nobody else can read it at any time.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(part)?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut *database).await?;
    File::open(part)?.sync_all()?;
    Ok(())
}

/// Copies the database to `backups/before-VERSION-TIME.db` beside it and forgets the oldest such copies;
/// tells the name.
pub(super) async fn before_upgrade(database: &Path, version: i64) -> sqlx::Result<PathBuf> {
    let folder = folder_of(database).join("backups");
    make_folder(&folder)?;
    let unnamed = folder.join("upgrade.db");
    let mut connection = super::pool::connect(database, "mode=rw").await?;
    let written = write(&mut connection, &unnamed).await;
    connection.close().await?;
    written?;
    let named = folder.join(format!("before-{version:04}-{}.db", time_of(&unnamed)?));
    fs::rename(&unnamed, &named)?;
    sync_folder(&named)?;
    forget_oldest(&folder)?;
    Ok(named)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// When a file was written, as part of a name that sorts by time: `20261126T051500Z`.
fn time_of(file: &Path) -> io::Result<String> {
    let since = fs::metadata(file)?.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(stamp(Timestamp::from(i64::try_from(since.as_secs()).unwrap_or_default())))
}

/// A time as part of the name of a file.
pub(super) fn stamp(at: Timestamp) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = at.to_calendar_date();
    format!("{year:04}{:02}{day:02}T{:02}{:02}{:02}Z", u8::from(month), at.hour(), at.minute(), at.second())
}

fn forget_oldest(folder: &Path) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if name.to_str().is_some_and(|name| name.starts_with("before-") && name.ends_with(".db")) {
            names.push(name);
        }
    }
    names.sort();
    let surplus = names.len().saturating_sub(KEPT);
    names.iter().take(surplus).try_for_each(|name| fs::remove_file(folder.join(name)))
}

/// The folder that a file stands in.
pub fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The file whose name goes on with `ending`.
pub fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes what was done to names in the folder of `file` last.
pub fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder_of(file))?.sync_all()
}

/// Removes a file; that there is none is as good.
pub fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
