//! The command line.

mod serve;

use clap::{Parser, Subcommand};

/// A self-hosted sign-in server. Settings come from the environment; see the README.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages (the default).
    Serve,
}

impl Cli {
    /// Does what was asked; fails with sentences for the operator.
    pub async fn run(self) -> Result<(), Vec<String>> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve().await,
        }
    }
}
