//! Messages to owners of accounts: written to an outbox, or asked for, in the transaction of what they
//! tell, delivered by a job. Without a mail server they are kept as `.eml` files in the data directory.

mod content;
mod deliver;
mod envelope;
mod html;
mod keep;
mod message;
mod read;
mod smtp;
mod text;
mod transport;
mod words;

pub use deliver::{deliver, draw_pause};
pub use message::{Circumstances, Message, SecurityNotice};
pub use smtp::Smtp;
pub use transport::{Letter, Transport};

use crate::model::AccountId;
use crate::server::audit::Origin;
use crate::server::config::Config;
use crate::server::failure::Failure;
use crate::server::keys::Place;
use crate::server::services::Services;
use crate::server::store::accounts;
use crate::server::store::outbox::{self, NewMessage};
use crate::server::tokens::one_time;
use content::Content;
use envelope::Envelope;
use sqlx::AnyConnection;
use std::path::PathBuf;

/// The kind of a message that nobody gets.
const FEIGNED: &str = "feigned";

/// Whom a message is for. The address need not be the account's own: a new one is told too.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    pub account: &'a AccountId,
    pub email: &'a str,
}

/// Writes a message to the outbox, in the language of its account. It goes out only if the
/// transaction of `db` is committed.
pub async fn send(
    services: &Services,
    db: &mut AnyConnection,
    to: Recipient<'_>,
    message: &Message,
) -> Result<(), Failure> {
    write(services, db, to, (message, message.kind())).await
}

/// Writes a message that nobody gets: over from the start, and dropped. For where no mail is to go, and the time
/// of the answer would tell so.
pub async fn feign(
    services: &Services,
    db: &mut AnyConnection,
    to: Recipient<'_>,
    message: &Message,
) -> Result<(), Failure> {
    write(services, db, to, (message, FEIGNED)).await
}

async fn write(
    services: &Services,
    db: &mut AnyConnection,
    to: Recipient<'_>,
    (message, kind): (&Message, &str),
) -> Result<(), Failure> {
    let now = services.clock.now();
    let (id, config) = (uuid::Uuid::new_v4().to_string(), &services.config);
    let language = accounts::language_of(&mut *db, to.account).await?.unwrap_or_default();
    let content = Content::of(message, &config.public_url, language);
    let envelope = Envelope { id: &id, host: &config.public_url.host, from: &config.mail.from, to: to.email, at: now };
    let letter = serde_json::to_vec(&Letter { to: to.email.to_owned(), text: envelope.seal(&content)? });
    let letter = letter.map_err(|cause| Failure::Broken(cause.into()))?;
    let sealed_message = &*services.keys.seal(place(&id), &letter)?;
    let expires_at = now.plus_s(if kind == FEIGNED { 0 } else { message.lifetime_s() });
    let new = NewMessage { id: &id, kind, sealed_message, now, expires_at };
    services.store.owe_post();
    Ok(outbox::insert(db, new).await?)
}

/// Tells an owner what happened just now, from where, and makes the link by which they object.
/// After a change of address `to` is the old one.
pub async fn notify(
    services: &Services,
    db: &mut AnyConnection,
    to: Recipient<'_>,
    notice: SecurityNotice,
    origin: &Origin,
) -> Result<(), Failure> {
    let objection = one_time::make(services, &mut *db, to.account, to.email, notice.purpose()).await?;
    let Origin { address, agent, .. } = origin.clone();
    let circumstances = Circumstances { at: services.clock.now(), address, agent, objection };
    send(services, db, to, &Message::Notice(notice, circumstances)).await
}

/// Tells the owner of an account, at the address it has: see [`notify`].
pub async fn tell(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    notice: SecurityNotice,
    origin: &Origin,
) -> Result<(), Failure> {
    let Some(email) = accounts::email_of(&mut *db, account).await? else { return Ok(()) };
    notify(services, db, Recipient { account, email: &email }, notice, origin).await
}

/// Tells of a deed that was refused, in a transaction of its own.
pub async fn tell_alone(
    services: &Services,
    account: &AccountId,
    notice: SecurityNotice,
    origin: &Origin,
) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    tell(services, &mut tx, account, notice, origin).await?;
    Ok(tx.commit().await?)
}

/// Address, subject and text of a message that waits or was kept; `None` for one that left.
pub async fn shown(services: &Services, id: &str) -> Result<Option<String>, Failure> {
    if let Some(sealed) = outbox::waiting(services.store.read(), id).await? {
        let opened = services.keys.open(place(id), &sealed)?;
        let letter: Letter = serde_json::from_slice(&opened).map_err(|cause| Failure::Broken(cause.into()))?;
        return Ok(Some(read::readable(&letter.text)));
    }
    let kept = keep::find(&folder(&services.config), id).await.map_err(|cause| Failure::Broken(cause.into()))?;
    Ok(kept.map(|mail| read::readable(&mail)))
}

/// Removes kept messages that are of no use any more.
pub async fn sweep_kept(services: &Services) -> Result<(), Failure> {
    let swept = keep::sweep(&folder(&services.config), services.clock.now()).await;
    swept.map_err(|cause| Failure::Broken(cause.into()))
}

fn folder(config: &Config) -> PathBuf {
    config.data_dir.join("mail")
}

fn place(id: &str) -> Place<'_> {
    Place { table: "outbox", column: "sealed_message", owner: id }
}
