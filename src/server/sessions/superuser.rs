//! The proof that somebody may govern other accounts.

use super::Session;
use crate::model::{AccountId, Problem};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::totp;

/// Proof of a superuser with a second factor of their own (where one is required or enrolled).
pub struct Superuser(Session);

impl Superuser {
    /// Who it is.
    pub fn account(&self) -> &AccountId {
        self.0.account()
    }

    /// Refuses with [`Problem::LoginTooOld`] unless they logged in within five minutes: asked before every change.
    pub fn require_fresh_login(&self, services: &Services) -> Result<(), Problem> {
        self.0.require_fresh_login(services)
    }
}

/// Makes the proof, or refuses with [`Problem::Forbidden`] or [`Problem::SecondFactorRequired`].
///
/// The session of an enrolled account has passed its second factor; so only a missing one is asked for.
pub async fn superuser(services: &Services, session: Session) -> Result<Superuser, Failure> {
    let refusal = if session.person().superuser_at.is_none() {
        Problem::Forbidden
    } else if services.config.second_factor_is_required && !totp::is_enrolled(services, session.account()).await? {
        Problem::SecondFactorRequired
    } else {
        return Ok(Superuser(session));
    };
    let account = session.account().as_str();
    tracing::warn!(kind = "rights_refused", account, ?refusal, "Somebody asked for what superusers may.");
    Err(refusal.into())
}
