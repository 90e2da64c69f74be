//! `sekisho backup` and `sekisho restore`: copies of an SQLite database. A restored one is no way back to
//! what was ended since: see `store::restored`.

use super::serve::prepare_data_dir;
use crate::model::Timestamp;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::keys::MasterKeys;
use crate::server::sealing;
use crate::server::services::told;
use crate::server::store::copy::beside;
use crate::server::store::restored::{self, Contents};
use crate::server::store::{InUse, Standing, exchange, sqlite_file};
use clap::Args;
use sqlx::{AnyConnection, Connection};
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// What `sekisho backup` is told.
#[derive(Args)]
pub struct BackupArguments {
    /// Where to write the copy; must not be there yet.
    file: PathBuf,
}

/// What `sekisho restore` is told.
#[derive(Args)]
pub struct RestoreArguments {
    /// Only look whether it could be restored.
    #[arg(long)]
    check: bool,
    /// A copy that `sekisho backup` or an upgrade made.
    file: PathBuf,
}

/// Writes a copy of the database, while a server may use it.
pub async fn backup(arguments: BackupArguments) -> Result<(), Vec<String>> {
    let config = Config::from_env()?;
    let file = arguments.file;
    let contents = write(&config, &file).await.map_err(|sentence| vec![sentence])?;
    println!(
        "{} holds {}. Keep {} too, in another place: without it the copy opens nothing, and with it everything.",
        file.display(),
        summary(&contents),
        config.master_key_file.display()
    );
    Ok(())
}

async fn write(config: &Config, file: &Path) -> Result<Contents, String> {
    let database = database_of(config)?;
    if !database.exists() {
        return Err(format!("SEKISHO_DATABASE_URL: there is no database {} yet.", database.display()));
    }
    let failed = |error: sqlx::Error| format!("The backup failed: {}.", told(&error));
    let _in_use = InUse::shared(&database).await.map_err(|error| failed(error.into()))?;
    // Taken first, so that of two backups to one name the second is refused.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already; a backup overwrites nothing.", file.display()),
        _ => format!("{} cannot be written: {error}.", file.display()),
    })?;
    let written = restored::write_checked(&database, file).await;
    if written.is_err() {
        fs::remove_file(file).unwrap_or_default();
    }
    written.map_err(failed)
}

/// Puts a copy in the place of the database, or only looks whether it could be.
pub async fn restore(arguments: RestoreArguments) -> Result<(), Vec<String>> {
    let config = Config::from_env()?;
    let one = |sentence: String| vec![sentence];
    let database = database_of(&config).map_err(one)?;
    let keys = keys(&config).map_err(one)?;
    if arguments.check {
        let part = beside(&database, ".checking");
        let looked = prepare(&arguments.file, &part, &keys).await;
        tidy(&part);
        println!("{} can be restored: it holds {}.", arguments.file.display(), summary(&looked.map_err(one)?));
        return Ok(());
    }
    prepare_data_dir(&config.data_dir).map_err(one)?;
    let said = put_in_place(&database, &arguments.file, &keys).await.map_err(one)?;
    println!("{said}");
    Ok(())
}

async fn put_in_place(database: &Path, file: &Path, keys: &MasterKeys) -> Result<String, String> {
    let busy = || format!("Something uses {}; stop every Sekisho on it first.", database.display());
    let failed = |error: sqlx::Error| format!("Nothing was restored: {}.", told(&error));
    let _alone = InUse::alone(database).map_err(|error| failed(error.into()))?.ok_or_else(busy)?;
    let part = beside(database, ".restoring");
    let contents = prepare(file, &part, keys).await.inspect_err(|_| tidy(&part))?;
    if !exchange::settle(database).await {
        tidy(&part);
        return Err(busy());
    }
    let replaced = exchange::replace(database, &part, now()).map_err(|error| failed(error.into()))?;
    let kept = replaced.map(|kept| format!(" What stood there is {}.", kept.display())).unwrap_or_default();
    Ok(format!(
        "Restored: {}.{kept} Everybody has to log in again; links in mails sent until now are dead, and \
         passwords, second factors and accounts are those of the copy.",
        summary(&contents)
    ))
}

/// A copy of `file` at `part`, fit to take the place of the database.
async fn prepare(file: &Path, part: &Path, keys: &MasterKeys) -> Result<Contents, String> {
    let refused = |why: String| format!("{} cannot be restored: {why}.", file.display());
    let broken = |error: sqlx::Error| refused(told(&error));
    let mut copied = restored::bring(file, part).await.map_err(broken)?;
    let judged = judge(&mut copied, keys).await;
    copied.close().await.map_err(broken)?;
    let contents = judged.map_err(refused)?;
    fs::File::open(part).and_then(|part| part.sync_all()).map_err(|error| broken(error.into()))?;
    Ok(contents)
}

async fn judge(copied: &mut AnyConnection, keys: &MasterKeys) -> Result<Contents, String> {
    let broken = |error: sqlx::Error| told(&error);
    let contents = restored::look(copied).await.map_err(broken)?;
    if let Some(damage) = &contents.damage {
        return Err(format!("it is damaged: {damage}"));
    }
    if contents.standing == Standing::New || contents.foreign_parts > 0 {
        return Err("it is no database of Sekisho".to_owned());
    }
    if !sealing::fits(copied, keys).await.map_err(broken)? {
        return Err("it was made with another master key than SEKISHO_MASTER_KEY_FILE names".to_owned());
    }
    restored::tame(copied, now()).await.map_err(broken)?;
    Ok(contents)
}

fn tidy(part: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        fs::remove_file(beside(part, ending)).unwrap_or_default();
    }
}

fn database_of(config: &Config) -> Result<PathBuf, String> {
    let file = sqlite_file(&config.database_url).map_err(|error| format!("SEKISHO_DATABASE_URL: {error}."))?;
    file.ok_or_else(|| {
        "SEKISHO_DATABASE_URL names PostgreSQL: back it up with pg_dump and restore it with pg_restore \
         (docs/operating.md)."
            .to_owned()
    })
}

fn keys(config: &Config) -> Result<MasterKeys, String> {
    let path = &config.master_key_file;
    MasterKeys::read(path)?.ok_or_else(|| {
        format!("SEKISHO_MASTER_KEY_FILE: {} is missing; put the one of the copy there first.", path.display())
    })
}

fn summary(contents: &Contents) -> String {
    let (accounts, factors) = (contents.accounts, contents.second_factors);
    let last = contents.last_event_at.and_then(|at| OffsetDateTime::from_unix_timestamp(at).ok());
    let last = last.map(|at| format!(", last event {} {:02}:{:02} UTC", at.date(), at.hour(), at.minute()));
    format!("accounts: {accounts}, with a second factor: {factors}{}", last.unwrap_or_default())
}

fn now() -> Timestamp {
    Clock::System.now()
}
