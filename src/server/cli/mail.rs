//! `sekisho mail`: what is on its way, and what was kept where no server takes it.

use super::accounts::{open, said};
use crate::model::Timestamp;
use crate::server::mail;
use crate::server::services::Services;
use crate::server::store::outbox::{self, Row};
use clap::Subcommand;

/// Commands about mail.
#[derive(Subcommand)]
pub enum MailCommand {
    /// List the mails of the last 30 days, newest first: id, time, what it tells, what became of it.
    List,
    /// Show a mail that waits or was kept.
    Show { id: String },
}

/// Most mails that are listed.
const LIMIT: i64 = 200;

/// Does what was asked.
pub async fn mail(command: MailCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let done = match command {
        MailCommand::List => list(&services).await,
        MailCommand::Show { id } => show(&services, &id).await,
    };
    services.store.close().await;
    done
}

async fn list(services: &Services) -> Result<(), Vec<String>> {
    let rows = outbox::list(services.store.read(), LIMIT).await.map_err(|error| said(error.into()))?;
    for row in &rows {
        println!("{}  {}  {}  {}", row.id, moment(row.created_at), row.kind, state(services, row));
    }
    Ok(())
}

async fn show(services: &Services, id: &str) -> Result<(), Vec<String>> {
    let shown = mail::shown(services, id).await.map_err(said)?;
    let text = shown.ok_or_else(|| vec![format!("There is no mail {id} that waits or was kept.")])?;
    println!("{text}");
    Ok(())
}

fn state(services: &Services, row: &Row) -> String {
    match (row.delivered_at, row.dropped_at) {
        (_, Some(_)) => "dropped".to_owned(),
        (Some(_), None) if services.config.mail.smtp.is_none() => "kept".to_owned(),
        (Some(_), None) => "delivered".to_owned(),
        (None, None) => format!("waits, tries: {}", row.tries),
    }
}

fn moment(at: Timestamp) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}
