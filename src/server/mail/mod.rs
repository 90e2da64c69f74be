//! Messages to owners of accounts: written to an outbox in the transaction of what they tell,
//! delivered by a job. Without a mail server they are kept as `.eml` files in the data directory.

mod deliver;
mod keep;
mod message;

pub use deliver::deliver;
pub use message::Message;

use crate::model::{AccountId, Timestamp};
use crate::server::failure::Failure;
use crate::server::keys::Place;
use crate::server::services::Services;
use crate::server::store::accounts;
use crate::server::store::outbox::{self, NewMessage};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

/// Whom a message is for. The address need not be the account's own: a new one is told too.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    pub account: &'a AccountId,
    pub email: &'a str,
}

/// What the outbox holds, sealed: the address and the whole mail (RFC 5322).
#[derive(Serialize, Deserialize)]
struct Letter {
    to: String,
    text: String,
}

/// Writes a message to the outbox, in the language of its account. It goes out only if the
/// transaction of `db` is committed.
pub async fn send(
    services: &Services,
    db: &mut AnyConnection,
    to: Recipient<'_>,
    message: &Message,
) -> Result<(), Failure> {
    let now = services.clock.now();
    let id = uuid::Uuid::new_v4().to_string();
    let language = accounts::language_of(&mut *db, to.account).await?.unwrap_or_default();
    let text = message.render(&services.config.public_url, to.email, language, now);
    let letter = serde_json::to_vec(&Letter { to: to.email.to_owned(), text });
    let letter = letter.map_err(|cause| Failure::Broken(cause.into()))?;
    let sealed_message = &*services.keys.seal(place(&id), &letter)?;
    let expires_at = now.plus_s(message.lifetime_s());
    Ok(outbox::insert(db, NewMessage { id: &id, sealed_message, now, expires_at }).await?)
}

fn place(id: &str) -> Place<'_> {
    Place { table: "outbox", column: "sealed_message", owner: id }
}

/// Seconds since 1970 as a mail spells them (RFC 5322).
fn date(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp(at.seconds()) else { return String::new() };
    let day = DAYS.get(usize::from(at.weekday().number_days_from_monday())).unwrap_or(&"Mon");
    let month = MONTHS.get(usize::from(u8::from(at.month())) - 1).unwrap_or(&"Jan");
    let (hour, minute, second) = at.to_hms();
    format!("{day}, {} {month} {} {hour:02}:{minute:02}:{second:02} +0000", at.day(), at.year())
}

#[cfg(test)]
mod tests {
    use super::date;
    use crate::model::Timestamp;

    #[test]
    fn a_date_is_spelled_as_in_mails() {
        assert_eq!(date(Timestamp::from(1_800_000_000)), "Fri, 15 Jan 2027 08:00:00 +0000");
    }
}
