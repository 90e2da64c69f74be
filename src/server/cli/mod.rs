//! The command line.

mod accounts;
mod audit;
mod backup;
mod keys;
mod mail;
mod serve;
mod terminal;

use accounts::{AccountCommand, AdminCommand};
use audit::AuditCommand;
use backup::{BackupArguments, RestoreArguments};
use keys::KeysCommand;
use mail::MailCommand;

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
    /// Serve pages and API (the default).
    Serve,
    /// Superusers.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Accounts.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Mail that waits, left or was kept.
    #[command(subcommand)]
    Mail(MailCommand),
    /// What happened, and whether anybody changed what was written of it.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Keys of access tokens.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Write a copy of the SQLite database, while the server may run.
    Backup(BackupArguments),
    /// Put such a copy in the place of the database, with no server running; what stood there is kept.
    Restore(RestoreArguments),
}

impl Cli {
    /// Does what was asked; fails with sentences for the operator.
    pub async fn run(self) -> Result<(), Vec<String>> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve().await,
            Command::Admin(command) => accounts::admin(command).await,
            Command::Account(command) => accounts::account(command).await,
            Command::Mail(command) => mail::mail(command).await,
            Command::Audit(command) => audit::audit(command).await,
            Command::Keys(command) => keys::keys(command).await,
            Command::Backup(arguments) => backup::backup(arguments).await,
            Command::Restore(arguments) => backup::restore(arguments).await,
        }
    }
}

/// Keeps the memory of this process out of core images: they would hold passwords and keys.
/// Also keeps other processes of the same user from looking into it.
pub fn turn_off_core_dumps() -> std::io::Result<()> {
    Ok(rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?)
}

#[cfg(test)]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    #[test]
    fn core_dumps_are_off() {
        super::turn_off_core_dumps().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
