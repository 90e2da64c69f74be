//! A new account.

use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::passwords::policy;
use crate::server::services::Services;
use crate::server::store::accounts;

/// What was typed into the registration page.
pub struct Registration {
    pub email: String,
    pub password: String,
}

/// Adds an account. The password is judged before the address is looked up, and hashed before
/// it is known whether the address is taken: the time it takes says nothing.
pub async fn register(services: &Services, origin: &Origin, form: Registration) -> Result<AccountId, Failure> {
    if !services.config.registration_is_open {
        return Err(Problem::RegistrationClosed.into());
    }
    let email = Email::parse(&form.email)?;
    let password = policy::normalise(form.password);
    services.password_policy.check_new(&password, &email)?;
    let password_hash = services.hash_lane.hash(password).await?;

    let id = AccountId::from(uuid::Uuid::new_v4().to_string());
    let mut tx = services.store.begin().await?;
    let new =
        accounts::NewAccount { id: &id, email: email.address(), email_key: email.key(), password_hash: &password_hash };
    if !accounts::insert(&mut *tx, new, services.clock.now()).await? {
        return Err(Problem::EmailTaken.into());
    }
    audit::record(services, &mut tx, &id, EventKind::Registered, origin).await?;
    tx.commit().await?;
    Ok(id)
}
