//! A new account.

use super::verify;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::passwords::policy;
use crate::server::services::Services;
use crate::server::store::accounts;
use crate::server::store::people::{self, Mark, Person};

/// How long somebody has to verify an address that had to be verified, in seconds.
const VERIFY_WITHIN_S: i64 = 7 * 24 * 60 * 60;

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
pub async fn register(services: &Services, origin: &Origin, form: Registration) -> Result<Person, Failure> {
    if !services.config.registration_is_open {
        return Err(Problem::RegistrationClosed.into());
    }
    let person = add(services, origin, form, Rank::Ordinary).await?;
    if services.config.email_verification_is_required {
        verify::send_link(services, &person.id, &person.email).await?;
    }
    Ok(person)
}

/// Adds an account. The password is judged before the address is looked up, and hashed before
/// it is known whether the address is taken: the time it takes says nothing.
pub async fn add(services: &Services, origin: &Origin, form: Registration, rank: Rank) -> Result<Person, Failure> {
    let email = Email::parse(&form.email)?;
    let password = policy::normalise(form.password);
    services.password_policy.check_new(&password, &email)?;
    let password_hash = services.hash_lane.hash(password).await?;

    let id = AccountId::from(uuid::Uuid::new_v4().to_string());
    let mut tx = services.store.begin().await?;
    let now = services.clock.now();
    let must_verify = services.config.email_verification_is_required && rank == Rank::Ordinary;
    let new = accounts::NewAccount {
        id: &id,
        email: email.address(),
        email_key: email.key(),
        password_hash: &password_hash,
        language: origin.language,
        verify_by: must_verify.then(|| now.plus_s(VERIFY_WITHIN_S)),
    };
    if !accounts::insert(&mut *tx, new, now).await? {
        return Err(Problem::EmailTaken.into());
    }
    if rank == Rank::Superuser {
        people::mark(&mut *tx, &id, Mark::Superuser, Some(now)).await?;
        people::mark(&mut *tx, &id, Mark::Verified, Some(now)).await?;
    }
    audit::record(services, &mut tx, &id, EventKind::Registered, origin).await?;
    tx.commit().await?;
    let since = (rank == Rank::Superuser).then_some(now.seconds());
    Ok(Person { id, email: email.address().to_owned(), verified_at: since, disabled_at: None, superuser_at: since })
}
