//! "This wasn't me": whoever else is in is out at once, and only the mailbox leads to a new password.

use super::email_change;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::mail::{self, Message, Recipient};
use crate::server::services::Services;
use crate::server::store::people::{self, Person};
use crate::server::store::{departures, devices, enrolments, one_time_tokens, pending_logins, sessions};
use crate::server::tokens::one_time::{self, Purpose};
use sqlx::AnyConnection;
use zeroize::Zeroizing;

/// Ends every session, half-done login, set-up and link of the account, and mails its owner a link
/// to a new password. Whoever asks learns nothing by it and gains nothing.
pub async fn not_me(services: &Services, origin: &Origin, account: &AccountId) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, account).await?;
    let person = people::find(&mut *tx, account).await?.ok_or(Problem::SignedOut)?;
    end_everything(&mut tx, &person).await?;
    audit::record(services, &mut tx, account, EventKind::NotMe, origin).await?;
    send_way_back(services, &mut tx, &person).await?;
    Ok(tx.commit().await?)
}

/// The same by the link of a notice; the mailbox proves more than a session, so the password ends
/// too. The way back goes only to the mailbox that the notice went to:
/// an address changed since may be a thief's.
pub async fn not_me_by_link(services: &Services, origin: &Origin, shown: &str) -> Result<(), Failure> {
    let token = one_time::look(services, shown, Purpose::NotMe).await?;
    let nobodys = nobodys_password(services).await?;
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, &token.account_id).await?;
    let person = people::find(&mut *tx, &token.account_id).await?.ok_or(Problem::LinkBad)?;
    one_time::spend(services, &mut tx, &token).await?;
    end_everything(&mut tx, &person).await?;
    take_back_leaving(services, &mut tx, origin, &person).await?;
    audit::record(services, &mut tx, &person.id, EventKind::NotMe, origin).await?;
    if person.email == token.email {
        people::set_password(&mut *tx, &person.id, &nobodys).await?;
        send_way_back(services, &mut tx, &person).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes a change of address back, by the link sent to the old one: that one counts again, every
/// session ends, and the way to a new password goes there. [`Problem::EmailTaken`] if another
/// account has it by now.
pub async fn undo_email_change(services: &Services, origin: &Origin, shown: &str) -> Result<(), Failure> {
    let token = one_time::look(services, shown, Purpose::UndoEmail).await?;
    let nobodys = nobodys_password(services).await?;
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, &token.account_id).await?;
    let person = email_change::put_back(services, &mut tx, &token).await?;
    one_time::end_younger(&mut tx, &token).await?;
    // Links of notices that went to another mailbox since: a thief's.
    one_time_tokens::delete_younger_of(&mut *tx, &person.id, Purpose::NotMe.word(), token.created_at).await?;
    end_everything(&mut tx, &person).await?;
    take_back_leaving(services, &mut tx, origin, &person).await?;
    people::set_password(&mut *tx, &person.id, &nobodys).await?;
    audit::record(services, &mut tx, &person.id, EventKind::EmailChangeUndone, origin).await?;
    send_way_back(services, &mut tx, &person).await?;
    Ok(tx.commit().await?)
}

/// A password that nobody has: until the owner has chosen a new one by the mailbox, whoever knows
/// the old one is out.
async fn nobodys_password(services: &Services) -> Result<String, Failure> {
    services.hash_lane.hash(Zeroizing::new(Token::new()?.expose().to_owned())).await
}

/// Whoever objects has not left.
async fn take_back_leaving(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    person: &Person,
) -> Result<(), Failure> {
    if departures::cancel(&mut *db, &person.id).await? {
        audit::record(services, db, &person.id, EventKind::CameBack, origin).await?;
    }
    Ok(())
}

async fn end_everything(db: &mut AnyConnection, person: &Person) -> Result<(), Failure> {
    let account = &person.id;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *db, account).await?;
    sessions::delete_all_of(&mut *db, account).await?;
    enrolments::delete_all_of(&mut *db, account).await?;
    // A thief's browser is known no more.
    devices::delete_all_of(&mut *db, account).await?;
    Ok(one_time_tokens::delete_requests_of(db, account).await?)
}

async fn send_way_back(services: &Services, db: &mut AnyConnection, person: &Person) -> Result<(), Failure> {
    let token = one_time::make(services, &mut *db, &person.id, &person.email, Purpose::ResetPassword).await?;
    let Some(token) = token else { return Ok(()) };
    let owner = Recipient { account: &person.id, email: &person.email };
    mail::send(services, db, owner, &Message::ResetPassword(token)).await
}
