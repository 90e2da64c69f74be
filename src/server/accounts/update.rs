//! Owners change their own address and password.

use super::email_change::{self, EmailChange};
use crate::model::Problem;
use crate::server::audit::Origin;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::passwords::change;
use crate::server::services::Services;
use crate::server::sessions::{self, Session};
use crate::server::store::people::{self, Person};

/// What an owner wants changed.
#[derive(Default)]
pub struct OwnChanges {
    pub email: Option<Email>,
    pub password: Option<String>,
    /// Proof that it is the owner who asks.
    pub current_password: Option<String>,
}

/// Changes what is given and returns the account as it is then.
///
/// Asks for the present password, or a login within five minutes ([`Problem::LoginTooOld`]). After
/// a new password this session lives and every other one is dead. A new address waits for its
/// confirmation, unless clients of fastapi-users expect it at once.
pub async fn update_own(
    services: &Services,
    origin: &Origin,
    session: &Session,
    changes: OwnChanges,
) -> Result<Person, Failure> {
    let before = session.person();
    let email = changes.email.filter(|email| email.address() != before.email);
    if email.is_none() && changes.password.is_none() {
        return Ok(before);
    }
    match changes.current_password {
        Some(password) => sessions::reauthenticate(services, origin, session, password).await?,
        None => session.require_fresh_login(services)?,
    }
    if let Some(email) = &email {
        email_change::count(services, origin, email).await?;
    }
    let password = match changes.password {
        Some(typed) => Some(change::prepare(services, &before.id, &before.email, typed).await?),
        None => None,
    };
    let mut tx = services.store.begin().await?;
    // Hashing took a while: a session ended meanwhile changes nothing any more.
    session.hold(&mut tx).await?;
    // Before the links: a new password kills those of earlier requests, not the one of this.
    if let Some(new) = &password {
        change::write(services, &mut tx, origin, new, Some(session.digest())).await?;
    }
    let how = EmailChange::by(services.config.api.compat);
    if let Some(email) = &email {
        email_change::begin(services, &mut tx, origin, (&before, email), how).await?;
    }
    let after = people::find(&mut *tx, &before.id).await?.ok_or(Problem::SignedOut)?;
    tx.commit().await?;
    Ok(after)
}
