//! Proof that an address is its owner's: a link by mail, opened.

use crate::model::views::EventKind;
use crate::model::{AccountId, LinkState, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::guesses::{self, Guess};
use crate::server::mail::{self, Message, Recipient, SecurityNotice};
use crate::server::passwords::{Verdict, change, policy};
use crate::server::services::Services;
use crate::server::sessions::{self, NewSession, Session};
use crate::server::store::one_time_tokens::OneTimeToken;
use crate::server::store::people::{self, Mark, NewEmail, Person};
use crate::server::store::{
    authenticators, devices, one_time_tokens, pending_logins, recovery_codes, sessions as rows,
};
use crate::server::tokens::one_time::{self, Purpose};
use sqlx::AnyConnection;

/// Mails a link by which an address is confirmed. Nothing while three of them wait.
pub(super) async fn send_link(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    email: &str,
) -> Result<(), Failure> {
    let token = one_time::make(services, &mut *db, account, email, Purpose::VerifyEmail).await?;
    if let Some(token) = token {
        mail::send(services, db, Recipient { account, email }, &Message::VerifyEmail(token)).await?;
    }
    Ok(())
}

/// Spends a link to a first or to a new address. [`Problem::LinkBad`] also if the address was
/// changed since; [`Problem::AlreadyVerified`] leaves everything as it is.
pub async fn verify(services: &Services, origin: &Origin, shown: &str) -> Result<Person, Failure> {
    match look(services, shown).await? {
        Link::First(token) => verify_present(services, origin, &token).await,
        Link::New(token) => {
            let mut tx = services.store.begin().await?;
            let person = take_new_email(services, &mut tx, origin, &token).await?;
            tx.commit().await?;
            Ok(person)
        }
    }
}

/// A link that was opened in a browser.
pub struct Opened {
    pub link: String,
    /// The account that this browser registered lately.
    pub registered_here: Option<AccountId>,
    /// The session of this browser.
    pub session: Option<Session>,
}

/// As [`verify`], but in a browser that did not make the account it asks for the password chosen
/// then ([`Problem::PasswordAsked`], [`Problem::NotThatPassword`]).
///
/// Else a stranger who registers your address gets an account that you confirm, and whose password
/// they know (pre-hijacking).
pub async fn verify_opened(
    services: &Services,
    origin: &Origin,
    opened: Opened,
    password: Option<String>,
) -> Result<Option<NewSession>, Failure> {
    let token = match look(services, &opened.link).await? {
        Link::New(token) => return move_in(services, origin, &token, opened.session).await,
        Link::First(token) => token,
    };
    if opened.registered_here.as_ref() != Some(&token.account_id) {
        let typed = password.filter(|typed| !typed.is_empty()).ok_or(Problem::PasswordAsked)?;
        check_chosen(services, origin, &token, typed).await?;
    }
    verify_present(services, origin, &token).await?;
    Ok(None)
}

/// Takes the new address, and ends every other browser's session: whoever changed it may not be
/// alone. A session of this account here goes on under a new cookie.
async fn move_in(
    services: &Services,
    origin: &Origin,
    token: &OneTimeToken,
    here: Option<Session>,
) -> Result<Option<NewSession>, Failure> {
    let here = here.filter(|session| *session.account() == token.account_id);
    let mut tx = services.store.begin().await?;
    take_new_email(services, &mut tx, origin, token).await?;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *tx, &token.account_id).await?;
    let kept = here.as_ref().map(Session::digest).unwrap_or_default();
    rows::delete_other_browsers(&mut *tx, &token.account_id, kept).await?;
    let renewed = match &here {
        Some(session) => Some(sessions::renew(services, &mut tx, session).await?),
        None => None,
    };
    tx.commit().await?;
    Ok(renewed)
}

/// Compares a password with the one chosen at registration, within the budget of every other guess.
async fn check_chosen(
    services: &Services,
    origin: &Origin,
    token: &OneTimeToken,
    typed: String,
) -> Result<(), Failure> {
    let password = policy::normalise(typed);
    policy::check_form(&password).map_err(|_| Problem::NotThatPassword)?;
    services.hash_lane.expect_place()?;
    let email = Email::parse(&token.email)?;
    let account = &token.account_id;
    let guess = Guess { address: &origin.address, email_key: email.key(), account: Some(account), device: None };
    let counted = guesses::count(services, &guess).await?.map_err(guesses::problem)?;
    let stored = people::password_of(services.store.read(), account).await?;
    let look = services.hash_lane.verify(password, stored.as_deref());
    if counted.look(services, look).await? == Verdict::Wrong {
        return Err(Problem::NotThatPassword.into());
    }
    let mut tx = services.store.begin().await?;
    counted.succeeded(services, &mut tx).await?;
    Ok(tx.commit().await?)
}

/// Confirms a first address for whoever never chose the password: sets a new one, and ends
/// everything that was set up before this proof: second factor, sessions, set-ups, links.
pub async fn claim(services: &Services, origin: &Origin, shown: &str, password: String) -> Result<Person, Failure> {
    let token = one_time::look(services, shown, Purpose::VerifyEmail).await?;
    let account = &token.account_id;
    let new = change::prepare(services, account, &token.email, password).await?;
    // Once an address was confirmed or changed, a mailbox alone touches neither the second factor nor objections.
    let is_first = audit::last(services, account, EventKind::EmailVerified).await?.is_none()
        && audit::last(services, account, EventKind::EmailChanged).await?.is_none();
    let mut tx = services.store.begin().await?;
    let person = confirm(services, &mut tx, origin, &token).await?;
    devices::delete_all_of(&mut *tx, account).await?;
    if is_first {
        authenticators::delete(&mut *tx, account).await?;
        recovery_codes::delete_all_of(&mut *tx, account).await?;
        recovery_codes::set_confirmed(&mut *tx, account, None).await?;
        one_time_tokens::delete_all_of(&mut *tx, account).await?;
    }
    change::write(services, &mut tx, origin, &new, None).await?;
    tx.commit().await?;
    Ok(person)
}

/// What the page can do with a link.
pub async fn link_state(services: &Services, opened: &Opened) -> Result<LinkState, Failure> {
    Ok(match look(services, &opened.link).await {
        Ok(Link::New(_)) => LinkState::Live,
        Ok(Link::First(token)) if opened.registered_here.as_ref() == Some(&token.account_id) => LinkState::Live,
        Ok(Link::First(_)) => LinkState::AsksPassword,
        Err(Failure::Refused(_)) => LinkState::Dead,
        Err(failure) => return Err(failure),
    })
}

enum Link {
    /// To the address an account began with.
    First(OneTimeToken),
    /// To an address it is to have.
    New(OneTimeToken),
}

async fn look(services: &Services, shown: &str) -> Result<Link, Failure> {
    match one_time::look(services, shown, Purpose::VerifyEmail).await {
        Ok(token) => Ok(Link::First(token)),
        Err(Failure::Refused(Problem::LinkBad)) => {
            Ok(Link::New(one_time::look(services, shown, Purpose::ChangeEmail).await?))
        }
        Err(failure) => Err(failure),
    }
}

async fn verify_present(services: &Services, origin: &Origin, token: &OneTimeToken) -> Result<Person, Failure> {
    let mut tx = services.store.begin().await?;
    let person = confirm(services, &mut tx, origin, token).await?;
    tx.commit().await?;
    Ok(person)
}

async fn confirm(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    token: &OneTimeToken,
) -> Result<Person, Failure> {
    let account = &token.account_id;
    people::lock(&mut *db, account).await?;
    let person = people::find(&mut *db, account).await?.ok_or(Problem::LinkBad)?;
    if person.email != token.email {
        return Err(Problem::LinkBad.into());
    }
    if person.verified_at.is_some() {
        return Err(Problem::AlreadyVerified.into());
    }
    one_time::spend(services, &mut *db, token).await?;
    people::mark(&mut *db, account, Mark::Verified, Some(services.clock.now())).await?;
    audit::record(services, db, account, EventKind::EmailVerified, origin).await?;
    Ok(Person { verified_at: Some(services.clock.now().seconds()), ..person })
}

async fn take_new_email(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    token: &OneTimeToken,
) -> Result<Person, Failure> {
    let account = &token.account_id;
    let email = Email::parse(&token.email)?;
    let old = people::find(&mut *db, account).await?.ok_or(Problem::LinkBad)?;
    one_time::spend(services, &mut *db, token).await?;
    let now = services.clock.now();
    let new = NewEmail { address: email.address(), key: email.key(), verified_at: Some(now) };
    if !people::set_email(&mut *db, account, new).await? {
        return Err(Problem::LinkBad.into());
    }
    // Links to the old address prove nothing any more.
    one_time_tokens::delete_requests_of(&mut *db, account).await?;
    audit::record(services, &mut *db, account, EventKind::EmailChanged, origin).await?;
    mail::notify(services, db, Recipient { account, email: &old.email }, SecurityNotice::EmailChanged, origin).await?;
    Ok(Person { email: token.email.clone(), verified_at: Some(now.seconds()), ..old })
}
