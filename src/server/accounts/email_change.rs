//! A new address: at once, or once its owner has confirmed it.

use super::register::VERIFY_WITHIN_S;
use crate::model::Problem;
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::config::ApiCompat;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::requests::{self, Asked};
use crate::server::mail::{self, Message, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::sessions::Session;
use crate::server::store::one_time_tokens::OneTimeToken;
use crate::server::store::people::{self, NewEmail, Person};
use crate::server::store::{accounts, one_time_tokens};
use crate::server::tokens::one_time::{self, Purpose};
use sqlx::AnyConnection;

/// When a new address counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailChange {
    /// When a link sent to it is opened.
    Confirmed,
    /// From now on, unverified.
    AtOnce,
}

impl EmailChange {
    /// Clients of fastapi-users expect it at once.
    pub fn by(compat: ApiCompat) -> Self {
        if compat == ApiCompat::FastapiUsers { Self::AtOnce } else { Self::Confirmed }
    }
}

/// Starts or makes the change of `(person, email)`, notes it in the history, and mails the link or the news.
pub async fn begin(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    (person, email): (&Person, &Email),
    how: EmailChange,
) -> Result<(), Failure> {
    let holder = accounts::find_by_email(&mut *db, email.key()).await?;
    let is_taken = holder.is_some_and(|holder| holder.id != person.id);
    if is_taken && !(how == EmailChange::Confirmed && services.config.accounts_are_hidden) {
        return Err(Problem::EmailTaken.into());
    }
    if how == EmailChange::Confirmed {
        audit::record(services, &mut *db, &person.id, EventKind::EmailChangeAsked, origin).await?;
        let token = one_time::make(services, &mut *db, &person.id, email.address(), Purpose::ChangeEmail).await?;
        let Some(message) = token.map(Message::ConfirmNewEmail) else { return Ok(()) };
        let new = Recipient { account: &person.id, email: email.address() };
        // Where accounts are hidden a taken address is answered alike: there is a link, and nobody gets it.
        if is_taken {
            return mail::feign(services, db, new, &message).await;
        }
        return mail::send(services, db, new, &message).await;
    }
    let new = NewEmail { address: email.address(), key: email.key(), verified_at: None };
    if !people::set_email(&mut *db, &person.id, new).await? {
        return Err(Problem::EmailTaken.into());
    }
    if services.config.email_verification_is_required {
        let by = services.clock.now().plus_s(VERIFY_WITHIN_S);
        accounts::require_verification(&mut *db, &person.id, by).await?;
    }
    one_time_tokens::delete_requests_of(&mut *db, &person.id).await?;
    audit::record(services, &mut *db, &person.id, EventKind::EmailChanged, origin).await?;
    let old = Recipient { account: &person.id, email: &person.email };
    mail::notify(services, db, old, SecurityNotice::EmailChanged, origin).await
}

/// Counts a request for another address, before its transaction: mails go to whom it names.
pub(super) async fn count(services: &Services, origin: &Origin, email: &Email) -> Result<(), Failure> {
    let whom = (origin.address.as_str(), email.key());
    let is_counted = requests::count_mail(services, Asked::NewEmail, whom).await?;
    if is_counted { Ok(()) } else { Err(Problem::TooManyRequests { wait_s: 60 * 60 }.into()) }
}

/// Starts the change of the signed-in account's address to what was typed. Asks for a fresh login.
pub async fn ask(services: &Services, origin: &Origin, session: &Session, typed: &str) -> Result<(), Failure> {
    session.require_fresh_login(services)?;
    let email = Email::parse(typed)?;
    let person = session.person();
    if email.address() == person.email {
        return Err(Problem::EmailSame.into());
    }
    count(services, origin, &email).await?;
    let mut tx = services.store.begin().await?;
    session.hold(&mut tx).await?;
    begin(services, &mut tx, origin, (&person, &email), EmailChange::Confirmed).await?;
    Ok(tx.commit().await?)
}

/// Forgets an address that waits for its confirmation; the link to it works no more.
pub async fn cancel(services: &Services, session: &Session) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    session.hold(&mut tx).await?;
    one_time_tokens::delete_of(&mut *tx, session.account(), Purpose::ChangeEmail.word()).await?;
    Ok(tx.commit().await?)
}

/// Spends the link that was sent to the old address and makes that one count again.
pub(super) async fn put_back(
    services: &Services,
    db: &mut AnyConnection,
    token: &OneTimeToken,
) -> Result<Person, Failure> {
    let person = people::find(&mut *db, &token.account_id).await?.ok_or(Problem::LinkBad)?;
    one_time::spend(services, &mut *db, token).await?;
    let (old, now) = (Email::parse(&token.email)?, services.clock.now());
    let new = NewEmail { address: old.address(), key: old.key(), verified_at: Some(now) };
    if !people::set_email(db, &person.id, new).await? {
        return Err(Problem::EmailTaken.into());
    }
    Ok(Person { email: token.email.clone(), verified_at: Some(now.seconds()), ..person })
}
