//! Another authenticator in place of the enrolled one, or none.

use super::prove::{Proof, prove, renew};
use super::{NewSession, Session};
use crate::model::Problem;
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::mail::{self, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::{authenticators, enrolments, pending_logins, recovery_codes, sessions};
use crate::server::totp::{self, Enrolment};

/// Starts the set-up of another authenticator, under a new cookie; the enrolled one works until
/// the new one is confirmed. Asks for password and code: a session alone must not do this.
pub async fn begin_replacement(
    services: &Services,
    origin: &Origin,
    session: &Session,
    proof: Proof,
) -> Result<NewSession, Failure> {
    require_enrolled(services, session).await?;
    prove(services, origin, session, proof).await?;
    let mut tx = services.store.begin().await?;
    let renewed = renew(services, &mut tx, session).await?;
    totp::prepare(services, &mut tx, session.account(), &renewed.token.digest(), Enrolment::Replacement).await?;
    tx.commit().await?;
    Ok(NewSession { next: "/totp-setup".to_owned(), ..renewed })
}

/// Turns the second factor off, where that is up to people ([`Problem::SecondFactorRequired`]
/// elsewhere). Every other session ends; the owner is told.
pub async fn remove(
    services: &Services,
    origin: &Origin,
    session: &Session,
    proof: Proof,
) -> Result<NewSession, Failure> {
    if services.config.second_factor_is_required {
        return Err(Problem::SecondFactorRequired.into());
    }
    require_enrolled(services, session).await?;
    prove(services, origin, session, proof).await?;
    let account = session.account();
    let mut tx = services.store.begin().await?;
    if !authenticators::delete(&mut *tx, account).await? {
        return Err(Problem::NotEnrolled.into());
    }
    recovery_codes::delete_all_of(&mut *tx, account).await?;
    enrolments::delete_all_of(&mut *tx, account).await?;
    sessions::erase_sheets_of(&mut *tx, account).await?;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *tx, account).await?;
    sessions::delete_others(&mut *tx, account, session.digest()).await?;
    let renewed = renew(services, &mut tx, session).await?;
    audit::record(services, &mut tx, account, EventKind::SecondFactorOff, origin).await?;
    let owner = Recipient { account, email: session.email() };
    mail::notify(services, &mut tx, owner, SecurityNotice::SecondFactorRemoved, origin).await?;
    tx.commit().await?;
    Ok(renewed)
}

async fn require_enrolled(services: &Services, session: &Session) -> Result<(), Failure> {
    let is_enrolled = totp::is_enrolled(services, session.account()).await?;
    if is_enrolled { Ok(()) } else { Err(Problem::NotEnrolled.into()) }
}
