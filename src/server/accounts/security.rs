//! How an account is protected, as its owner sees it; and its password changed by hand.

use crate::model::Problem;
use crate::model::views::{EventKind, SecurityView};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::passwords::{change, policy};
use crate::server::services::Services;
use crate::server::sessions::{self, NewSession, Proof, Session};
use crate::server::store::{one_time_tokens, recovery_codes};
use crate::server::tokens::one_time::Purpose;
use crate::server::totp;

/// Everything the security page shows.
pub async fn security(services: &Services, session: &Session) -> Result<SecurityView, Failure> {
    let (db, account, now) = (services.store.read(), session.account(), services.clock.now());
    Ok(SecurityView {
        email: session.email().to_owned(),
        is_verified: session.person().verified_at.is_some(),
        new_email: one_time_tokens::newest_email(db, account, Purpose::ChangeEmail.word(), now).await?,
        password_changed_at: audit::last(services, account, EventKind::PasswordChanged).await?,
        has_second_factor: totp::is_enrolled(services, account).await?,
        recovery_codes_left: recovery_codes::count_left(db, account).await?,
        recovery_codes: sessions::recovery_codes_of(services, session).await?,
        now,
    })
}

/// Changes the password. Asks for the present one, and for a code where there is a second factor.
/// This session goes on under a new cookie; every other session and token is dead.
pub async fn change_password(
    services: &Services,
    origin: &Origin,
    session: &Session,
    proof: Proof,
    new: String,
) -> Result<NewSession, Failure> {
    // The new one is judged first: a refused one must not cost a code. Whether it is the present one
    // is asked of what was typed as that: our own answer before the proof would be a way to guess uncounted.
    let new = change::judge(services, session.email(), new)?;
    if new == policy::normalise(proof.password.clone()) {
        return Err(Problem::PasswordSame.into());
    }
    let new = change::hash(services, session.account(), session.email(), new).await?;
    sessions::prove(services, origin, session, proof).await?;
    let mut tx = services.store.begin().await?;
    change::write(services, &mut tx, origin, &new, Some(session.digest())).await?;
    let renewed = sessions::renew(services, &mut tx, session).await?;
    tx.commit().await?;
    Ok(renewed)
}
