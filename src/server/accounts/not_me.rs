//! "This wasn't me": whoever else is in is out at once, and only the mailbox leads to a new password.

use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::mail::{self, Message, Recipient};
use crate::server::services::Services;
use crate::server::store::{enrolments, one_time_tokens, pending_logins, people, sessions};
use crate::server::tokens::one_time::{self, Purpose};

/// Ends every session, half-done login, set-up and link of the account, and mails its owner a link
/// to a new password. Whoever asks learns nothing by it and gains nothing.
pub async fn not_me(services: &Services, origin: &Origin, account: &AccountId) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, account).await?;
    let person = people::find(&mut *tx, account).await?.ok_or(Problem::SignedOut)?;
    sessions::delete_all_of(&mut *tx, account).await?;
    pending_logins::delete_all_of(&mut *tx, account).await?;
    enrolments::delete_all_of(&mut *tx, account).await?;
    one_time_tokens::delete_powers_of(&mut *tx, account).await?;
    audit::record(services, &mut tx, account, EventKind::NotMe, origin).await?;
    let token = one_time::make(services, &mut tx, account, &person.email, Purpose::ResetPassword).await?;
    if let Some(token) = token {
        let owner = Recipient { account, email: &person.email };
        mail::send(services, &mut tx, owner, &Message::ResetPassword(token)).await?;
    }
    Ok(tx.commit().await?)
}
