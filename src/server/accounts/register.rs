//! A new account.

use super::{link_requests, verify};
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::requests;
use crate::server::mail::{self, Message, Recipient};
use crate::server::passwords::policy;
use crate::server::services::Services;
use crate::server::store::accounts::{self, Account};
use crate::server::store::people::{self, Mark, Person};
use sqlx::AnyConnection;

/// How long somebody has to verify an address that had to be verified, in seconds.
pub(super) const VERIFY_WITHIN_S: i64 = 7 * 24 * 60 * 60;
/// The owner of an address hears of tries to register it at most once in so many seconds.
const TELL_EVERY_S: i64 = 60 * 60;

/// What was typed into the registration page.
pub struct Registration {
    pub email: String,
    pub password: String,
}

/// What a new account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Ordinary,
    /// May govern other accounts; its address counts as verified.
    Superuser,
}

/// Adds an ordinary account, unless the operator closed registration.
///
/// Where accounts are hidden, an address that has one is answered alike, with an id that means
/// nothing, and its owner is told by mail. It takes as long, too: as many rows are written (AU-02).
pub async fn register(services: &Services, origin: &Origin, form: Registration) -> Result<Person, Failure> {
    let config = &services.config;
    if !config.registration_is_open {
        return Err(Problem::RegistrationClosed.into());
    }
    let ready = prepare(services, origin, form, Rank::Ordinary).await?;
    let mut tx = services.store.begin().await?;
    let added = insert(services, &mut tx, origin, (&ready, Rank::Ordinary)).await?;
    make_up_for(services, &mut tx, origin, (&ready, added.is_some())).await?;
    let answered = added.or_else(|| config.accounts_are_hidden.then(|| ready.person(None)));
    if answered.is_some() && config.email_verification_is_required {
        link_requests::ask_follow_up(services, &mut tx, origin, &ready.email).await?;
    }
    tx.commit().await?;
    Ok(answered.ok_or(Problem::EmailTaken)?)
}

/// Adds an account.
pub async fn add(services: &Services, origin: &Origin, form: Registration, rank: Rank) -> Result<Person, Failure> {
    let ready = prepare(services, origin, form, rank).await?;
    let mut tx = services.store.begin().await?;
    let added = insert(services, &mut tx, origin, (&ready, rank)).await?;
    tx.commit().await?;
    Ok(added.ok_or(Problem::EmailTaken)?)
}

/// A registration that was judged, and its password hashed.
struct Ready {
    id: AccountId,
    email: Email,
    password_hash: String,
}

impl Ready {
    fn person(&self, since: Option<i64>) -> Person {
        let (id, email) = (self.id.clone(), self.email.address().to_owned());
        Person { id, email, verified_at: since, disabled_at: None, superuser_at: since }
    }
}

/// The password is judged before the address is looked up, and hashed before it is known whether
/// the address is taken: the time it takes says nothing. What visitors may add is limited
/// ([`Problem::TooManyAccounts`]).
async fn prepare(services: &Services, origin: &Origin, form: Registration, rank: Rank) -> Result<Ready, Failure> {
    let email = Email::parse(&form.email)?;
    let password = policy::normalise(form.password);
    services.password_policy.check_new(&password, &email)?;
    services.hash_lane.expect_place()?;
    if rank == Rank::Ordinary {
        requests::count_registration(services, &origin.address).await?;
    }
    let password_hash = services.hash_lane.hash(password).await?;
    Ok(Ready { id: AccountId::from(uuid::Uuid::new_v4().to_string()), email, password_hash })
}

/// `None` if the address has an account.
async fn insert(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    (ready, rank): (&Ready, Rank),
) -> Result<Option<Person>, Failure> {
    let now = services.clock.now();
    let must_verify = services.config.email_verification_is_required && rank == Rank::Ordinary;
    let new = accounts::NewAccount {
        id: &ready.id,
        email: ready.email.address(),
        email_key: ready.email.key(),
        password_hash: &ready.password_hash,
        language: origin.language,
        verify_by: must_verify.then(|| now.plus_s(VERIFY_WITHIN_S)),
    };
    if !accounts::insert(&mut *db, new, now).await? {
        return Ok(None);
    }
    if rank == Rank::Superuser {
        people::mark(&mut *db, &ready.id, Mark::Superuser, Some(now)).await?;
        people::mark(&mut *db, &ready.id, Mark::Verified, Some(now)).await?;
    }
    audit::record(services, db, &ready.id, EventKind::Registered, origin).await?;
    Ok(Some(ready.person((rank == Rank::Superuser).then_some(now.seconds()))))
}

/// Where [`insert`] added nothing, writes as much as it would have: nobody's account and event, and nothing that
/// was typed. As many statements either way.
async fn make_up_for(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    (ready, is_added): (&Ready, bool),
) -> Result<(), Failure> {
    let [email, hash] = [ready.email.address(), &ready.password_hash].map(|text| "-".repeat(text.len()));
    accounts::make_up_for(&mut *db, &ready.id, [&email, &hash], services.clock.now()).await?;
    if is_added {
        return Ok(());
    }
    let (email, from) = (services.keys.limit_digest(ready.email.key())?, origin.address.as_str());
    tracing::info!(kind = "address_taken", email, from, "An address that has an account was registered again.");
    audit::imitate(services, db, &ready.id, EventKind::Registered, origin).await
}

/// What follows a registration of the address of `owner`, new or not: who has not confirmed it yet gets a
/// link to do so, for it may be the owner who registers where a stranger was before. Others are told.
pub(super) async fn follow_up(services: &Services, db: &mut AnyConnection, owner: &Account) -> Result<(), Failure> {
    if owner.verified_at.is_none() {
        return verify::send_link(services, db, &owner.id, &owner.email).await;
    }
    let now = services.clock.now();
    if accounts::tell_of_registration(&mut *db, &owner.id, now, now.plus_s(-TELL_EVERY_S)).await? {
        let to = Recipient { account: &owner.id, email: &owner.email };
        mail::send(services, db, to, &Message::AlreadyRegistered).await?;
    }
    Ok(())
}
