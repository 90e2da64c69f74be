//! `sekisho keys`.

use super::accounts::{open, said};
use crate::server::tokens;
use clap::Subcommand;

/// Commands about keys.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Sign access tokens with a new key; the old one verifies until its last token is over.
    Rotate,
}

/// Does what was asked.
pub async fn keys(command: KeysCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let KeysCommand::Rotate = command;
    let rotated = tokens::rotate_keys(&services.store, &services.keys, services.clock.now()).await;
    services.store.close().await;
    println!("Access tokens are signed with the key {} from now on.", rotated.map_err(said)?);
    Ok(())
}
