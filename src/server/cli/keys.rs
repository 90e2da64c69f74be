//! `sekisho keys`.

use super::accounts::{open, said};
use crate::server::failure::Failure;
use crate::server::sealing::{self, Resealed};
use crate::server::services::Services;
use crate::server::{audit, tokens};
use clap::Subcommand;
use std::time::Duration;

/// Running servers take up a version within a second.
const SETTLING: Duration = Duration::from_secs(3);

/// Commands about keys.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Sign access tokens with a new key; the old one verifies until its last token is over.
    Rotate {
        /// Add a version to the master key instead. Nothing uses it before `reencrypt`.
        #[arg(long)]
        master: bool,
    },
    /// Seal everything anew, under the newest version of the master key. Servers may run meanwhile.
    Reencrypt {
        /// Then take the old versions out of the key file.
        #[arg(long)]
        drop_old: bool,
    },
}

/// Does what was asked.
pub async fn keys(command: KeysCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let done = match command {
        KeysCommand::Rotate { master: false } => rotate(&services).await,
        KeysCommand::Rotate { master: true } => add_version(&services).await,
        KeysCommand::Reencrypt { drop_old: false } => reencrypt(&services).await,
        KeysCommand::Reencrypt { drop_old: true } => drop_old(&services).await,
    };
    services.store.close().await;
    done.map_err(said)
}

async fn rotate(services: &Services) -> Result<(), Failure> {
    let key = tokens::rotate_keys(&services.store, &services.keys, services.clock.now()).await?;
    println!("Access tokens are signed with the key {key} from now on.");
    Ok(())
}

async fn add_version(services: &Services) -> Result<(), Failure> {
    let version = sealing::add_version(services).await?;
    println!(
        "Version {version} of the master key stands in {file}; nothing uses it yet.\n\
         If other machines serve this database, copy the file to each of them now.\n\
         Then: sekisho keys reencrypt",
        file = services.config.master_key_file.display()
    );
    Ok(())
}

async fn reencrypt(services: &Services) -> Result<(), Failure> {
    let Resealed { count, unopened } = sealing::reencrypt(services, SETTLING).await?;
    audit::renew_head(services).await?;
    println!("Everything is sealed under version {}; values sealed anew: {count}.", services.keys.seals().version());
    tell(&unopened);
    println!("In five minutes: sekisho keys reencrypt --drop-old");
    Ok(())
}

async fn drop_old(services: &Services) -> Result<(), Failure> {
    let (gone, unopened) = sealing::drop_old(services).await?;
    tell(&unopened);
    let gone = gone.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    println!("Versions taken out of the key file: {}.", if gone.is_empty() { "none" } else { &gone });
    println!("Backups of the database from before need the key file of before.");
    Ok(())
}

fn tell(unopened: &[String]) {
    for value in unopened {
        println!("No key opens: {}. It was changed or moved, and is left as it is.", value.escape_default());
    }
}
