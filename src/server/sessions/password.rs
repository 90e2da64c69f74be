//! The one verifier of passwords, whichever door they come through.

use super::{Session, Stay};
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::config::ApiCompat;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::guesses::{self, Counted, Guess};
use crate::server::mail::{self, SecurityNotice};
use crate::server::passwords::{Verdict, policy};
use crate::server::services::Services;
use crate::server::store::accounts::{self, Account};
use crate::server::store::events;
use sqlx::AnyConnection;
use zeroize::Zeroizing;

/// A right password after so many wrong ones is told to the owner.
const FAILURES_TOLD: i64 = 10;

/// Whose password was right, and the hash it was right for. The guess is still counted as a
/// failure: [`Owner::hold`] or [`Owner::settle`] ends that.
#[must_use]
pub(super) struct Owner {
    pub id: AccountId,
    hash: String,
    counted: Counted,
}

/// What is known of an account once it is held.
pub(super) struct Held {
    pub has_second_factor: bool,
}

impl Owner {
    /// Comes first in the transaction that builds on it: a login that was looked at before a reset,
    /// and waited, must not outlive that. Takes the guess off the counters.
    pub async fn hold(&self, services: &Services, origin: &Origin, db: &mut AnyConnection) -> Result<Held, Failure> {
        let authenticators = accounts::hold(&mut *db, &self.id, &self.hash).await?;
        let authenticators = authenticators.ok_or(Problem::BadCredentials)?;
        if self.counted.succeeded(services, &mut *db).await? >= FAILURES_TOLD {
            mail::tell(services, db, &self.id, SecurityNotice::SuccessAfterFailures, origin).await?;
        }
        Ok(Held { has_second_factor: authenticators > 0 })
    }

    /// The same where nothing is built on it.
    pub async fn settle(&self, services: &Services, origin: &Origin) -> Result<(), Failure> {
        let mut tx = services.store.begin().await?;
        self.hold(services, origin, &mut tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Whose address and password these are.
///
/// Refuses unknown, wrong, disabled and (where verification is required) unverified alike with
/// [`Problem::BadCredentials`], after the same work; and too many tries alike, whoever is asked for,
/// with [`Problem::TooManyRequests`] or [`Problem::LoginStopped`].
pub(super) async fn owner(
    services: &Services,
    origin: &Origin,
    email: &str,
    password: String,
    stay: Stay,
) -> Result<Owner, Failure> {
    let password = policy::normalise(password);
    if policy::check_form(&password).is_err() {
        return Err(Problem::BadCredentials.into());
    }
    // Before anything is counted or looked up: a flood that finds no place costs next to nothing.
    services.hash_lane.expect_place()?;
    let (key, account) = match Email::parse(email) {
        Ok(email) => (email.key().to_owned(), accounts::find_by_email(services.store.read(), email.key()).await?),
        Err(_) => (email.to_lowercase(), None),
    };
    let counted = count(services, origin, &key, account.as_ref()).await?;
    let stored = account.as_ref().map(|account| account.password_hash.as_str());
    let verdict = counted.look(services, services.hash_lane.verify(password.clone(), stored)).await?;
    let Some(account) = account else {
        note_nobodys(services, &key, EventKind::PasswordRefused, origin).await?;
        return Err(Problem::BadCredentials.into());
    };
    if verdict == Verdict::Wrong || account.disabled_at.is_some() {
        note(services, &account.id, EventKind::PasswordRefused, origin).await?;
        return Err(Problem::BadCredentials.into());
    }
    if services.config.email_verification_is_required && must_verify(services, &account).await? {
        note(services, &account.id, EventKind::PasswordRefused, origin).await?;
        return Err(unverified(services, stay).into());
    }
    let hash = upgrade(services, &account, password).await?;
    Ok(Owner { id: account.id, hash, counted })
}

/// An account from before verification was required goes on logging in, if it ever did (its
/// dashboard asks for the confirmation); every other one has to confirm its address first.
async fn must_verify(services: &Services, account: &Account) -> Result<bool, Failure> {
    if account.verified_at.is_some() {
        return Ok(false);
    }
    let is_older = account.verify_by.is_none();
    Ok(!(is_older && events::has_logged_in(services.store.read(), &account.id).await?))
}

/// Counts the guess before it is looked at, so that parallel ones cannot exceed the budget.
async fn count(
    services: &Services,
    origin: &Origin,
    email_key: &str,
    account: Option<&Account>,
) -> Result<Counted, Failure> {
    let account = account.map(|account| &account.id);
    let guess = Guess { address: &origin.address, email_key, account, device: origin.device.as_deref() };
    let refusal = match guesses::count(services, &guess).await? {
        Ok(counted) => return Ok(counted),
        Err(refusal) => refusal,
    };
    match account {
        _ if !refusal.is_news => {}
        Some(account) => note(services, account, EventKind::Throttled, origin).await?,
        None => note_nobodys(services, email_key, EventKind::Throttled, origin).await?,
    }
    Err(guesses::problem(refusal).into())
}

/// Asks whoever holds a session for the password once more.
pub async fn reauthenticate(
    services: &Services,
    origin: &Origin,
    session: &Session,
    password: String,
) -> Result<(), Failure> {
    let owner = owner(services, origin, session.email(), password, Stay::Api).await;
    let owner = owner.map_err(|failure| match failure {
        Failure::Refused(Problem::BadCredentials | Problem::NotVerified) => Problem::LoginTooOld.into(),
        other => other,
    })?;
    owner.settle(services, origin).await
}

/// Only clients written for fastapi-users are told that the password was right.
fn unverified(services: &Services, stay: Stay) -> Problem {
    let tells = stay == Stay::Api && services.config.api.compat == ApiCompat::FastapiUsers;
    if tells { Problem::NotVerified } else { Problem::BadCredentials }
}

/// Makes a weak hash anew; returns the one that is kept now. Where there is no time, the next login does it.
async fn upgrade(services: &Services, account: &Account, password: Zeroizing<String>) -> Result<String, Failure> {
    let old = account.password_hash.clone();
    if !services.hash_lane.is_outdated(&old) {
        return Ok(old);
    }
    let new = match services.hash_lane.hash(password).await {
        Err(Failure::Refused(Problem::Busy)) => return Ok(old),
        hashed => hashed?,
    };
    let mut tx = services.store.begin().await?;
    let is_new = accounts::upgrade_hash(&mut *tx, &account.id, &old, &new).await?;
    tx.commit().await?;
    Ok(if is_new { new } else { old })
}

/// Writes an event in a transaction of its own: the deed it tells was refused.
pub(super) async fn note(
    services: &Services,
    account: &AccountId,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    audit::record(services, &mut tx, account, kind, origin).await?;
    Ok(tx.commit().await?)
}

/// The same for an address without an account.
async fn note_nobodys(services: &Services, email_key: &str, kind: EventKind, origin: &Origin) -> Result<(), Failure> {
    let email = services.keys.limit_digest(email_key)?;
    let mut tx = services.store.begin().await?;
    audit::record_nobodys(services, &mut tx, &email, kind, origin).await?;
    Ok(tx.commit().await?)
}
