//! Proof that an address is its owner's: a link by mail, opened.

use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::mail::{self, Message, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::one_time_tokens::OneTimeToken;
use crate::server::store::people::{self, Mark, NewEmail, Person};
use crate::server::store::{accounts, guards, one_time_tokens};
use crate::server::tokens::one_time::{self, Purpose};

/// Mails a link to `email` if an active account waits for it; says nothing of it either way.
pub async fn ask_verification(services: &Services, email: &Email) -> Result<(), Failure> {
    let found = accounts::find_by_email(services.store.read(), email.key()).await?;
    match found.filter(|account| account.disabled_at.is_none() && account.verified_at.is_none()) {
        Some(account) => send_link(services, &account.id, &account.email).await,
        None => {
            // As durable a write as above: else the faster answer tells who has an account.
            let mut tx = services.store.begin().await?;
            guards::put(&mut *tx, "latest link of nobody", &services.clock.now().seconds().to_string()).await?;
            Ok(tx.commit().await?)
        }
    }
}

pub(super) async fn send_link(services: &Services, account: &AccountId, email: &str) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    let token = one_time::make(services, &mut tx, account, email, Purpose::VerifyEmail).await?;
    if let Some(token) = token {
        mail::send(services, &mut tx, Recipient { account, email }, &Message::VerifyEmail(token)).await?;
    }
    Ok(tx.commit().await?)
}

/// Spends a link to a first or to a new address. [`Problem::LinkBad`] also if the address was
/// changed since; [`Problem::AlreadyVerified`] leaves everything as it is.
pub async fn verify(services: &Services, origin: &Origin, shown: &str) -> Result<Person, Failure> {
    match one_time::look(services, shown, Purpose::VerifyEmail).await {
        Ok(token) => verify_present(services, origin, &token).await,
        Err(Failure::Refused(Problem::LinkBad)) => {
            let token = one_time::look(services, shown, Purpose::ChangeEmail).await?;
            take_new_email(services, origin, &token).await
        }
        Err(failure) => Err(failure),
    }
}

async fn verify_present(services: &Services, origin: &Origin, token: &OneTimeToken) -> Result<Person, Failure> {
    let account = &token.account_id;
    let mut tx = services.store.begin().await?;
    people::lock(&mut *tx, account).await?;
    let person = people::find(&mut *tx, account).await?.ok_or(Problem::LinkBad)?;
    if person.email != token.email {
        return Err(Problem::LinkBad.into());
    }
    if person.verified_at.is_some() {
        return Err(Problem::AlreadyVerified.into());
    }
    one_time::spend(services, &mut tx, token).await?;
    people::mark(&mut *tx, account, Mark::Verified, Some(services.clock.now())).await?;
    audit::record(services, &mut tx, account, EventKind::EmailVerified, origin).await?;
    tx.commit().await?;
    Ok(Person { verified_at: Some(services.clock.now().seconds()), ..person })
}

async fn take_new_email(services: &Services, origin: &Origin, token: &OneTimeToken) -> Result<Person, Failure> {
    let account = &token.account_id;
    let email = Email::parse(&token.email)?;
    let mut tx = services.store.begin().await?;
    let old = people::find(&mut *tx, account).await?.ok_or(Problem::LinkBad)?;
    one_time::spend(services, &mut tx, token).await?;
    let now = services.clock.now();
    let new = NewEmail { address: email.address(), key: email.key(), verified_at: Some(now) };
    if !people::set_email(&mut *tx, account, new).await? {
        return Err(Problem::LinkBad.into());
    }
    // Links to the old address prove nothing any more.
    one_time_tokens::delete_requests_of(&mut *tx, account).await?;
    audit::record(services, &mut tx, account, EventKind::EmailChanged, origin).await?;
    mail::notify(services, &mut tx, Recipient { account, email: &old.email }, SecurityNotice::EmailChanged, origin)
        .await?;
    tx.commit().await?;
    Ok(Person { email: token.email.clone(), verified_at: Some(now.seconds()), ..old })
}
