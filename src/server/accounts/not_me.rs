//! "This wasn't me": whoever else is in is out at once, and only the mailbox leads to a new password.

use super::email_change;
use crate::model::views::EventKind;
use crate::model::{AccountId, LinkState, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::mail::{self, Message, Recipient};
use crate::server::services::Services;
use crate::server::store::people::{self, Person};
use crate::server::store::{enrolments, one_time_tokens, pending_logins, sessions};
use crate::server::tokens::one_time::{self, Purpose};
use sqlx::AnyConnection;

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

/// The same by the link of a notice. The way back goes only to the mailbox that the notice went to:
/// an address changed since may be a thief's.
pub async fn not_me_by_link(services: &Services, origin: &Origin, shown: &str) -> Result<(), Failure> {
    let token = one_time::look(services, shown, Purpose::NotMe).await?;
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, &token.account_id).await?;
    let person = people::find(&mut *tx, &token.account_id).await?.ok_or(Problem::LinkBad)?;
    one_time::spend(services, &mut tx, &token).await?;
    end_everything(&mut tx, &person).await?;
    audit::record(services, &mut tx, &person.id, EventKind::NotMe, origin).await?;
    if person.email == token.email {
        send_way_back(services, &mut tx, &person).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes a change of address back, by the link sent to the old one: that one counts again, every
/// session ends, and the way to a new password goes there. [`Problem::EmailTaken`] if another
/// account has it by now.
pub async fn undo_email_change(services: &Services, origin: &Origin, shown: &str) -> Result<(), Failure> {
    let token = one_time::look(services, shown, Purpose::UndoEmail).await?;
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, &token.account_id).await?;
    let person = email_change::put_back(services, &mut tx, &token).await?;
    one_time::end_younger(&mut tx, &token).await?;
    end_everything(&mut tx, &person).await?;
    audit::record(services, &mut tx, &person.id, EventKind::EmailChangeUndone, origin).await?;
    send_way_back(services, &mut tx, &person).await?;
    Ok(tx.commit().await?)
}

/// Whether the link of a notice still works.
pub async fn objection_state(services: &Services, shown: &str, purpose: Purpose) -> Result<LinkState, Failure> {
    match one_time::look(services, shown, purpose).await {
        Ok(_) => Ok(LinkState::Live),
        Err(Failure::Refused(_)) => Ok(LinkState::Dead),
        Err(failure) => Err(failure),
    }
}

async fn end_everything(db: &mut AnyConnection, person: &Person) -> Result<(), Failure> {
    let account = &person.id;
    sessions::delete_all_of(&mut *db, account).await?;
    pending_logins::delete_all_of(&mut *db, account).await?;
    enrolments::delete_all_of(&mut *db, account).await?;
    Ok(one_time_tokens::delete_requests_of(db, account).await?)
}

async fn send_way_back(services: &Services, db: &mut AnyConnection, person: &Person) -> Result<(), Failure> {
    let token = one_time::make(services, &mut *db, &person.id, &person.email, Purpose::ResetPassword).await?;
    let Some(token) = token else { return Ok(()) };
    let owner = Recipient { account: &person.id, email: &person.email };
    mail::send(services, db, owner, &Message::ResetPassword(token)).await
}
