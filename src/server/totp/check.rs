//! The one verifier of codes, whichever door they come through.

use super::code::{Code, Moment, Secret};
use crate::model::AccountId;
use crate::server::failure::Failure;
use crate::server::keys::Place;
use crate::server::limits::codes;
use crate::server::services::Services;
use crate::server::store::authenticators;
use sqlx::AnyConnection;

/// What a code was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Right, and spent by this very check.
    Right,
    /// Right, but it or a later one was used before: a watcher could replay it.
    Used,
    /// Right at a time this many steps away.
    OffBy(i64),
    Wrong,
}

/// Checks a code and spends its time step in one conditional statement (RFC 6238 section 5.2).
pub async fn check(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    code: &Code,
) -> Result<Checked, Failure> {
    let Some(found) = authenticators::find(&mut *db, account).await? else {
        return Ok(Checked::Wrong);
    };
    let secret = Secret::from_bytes(services.keys.open(place(account), &found.sealed_secret)?);
    match secret.moment_of(code, services.clock.now()) {
        Moment::Now(step) if authenticators::spend_step(db, account, step).await? => Ok(Checked::Right),
        Moment::Now(_) => Ok(Checked::Used),
        Moment::Elsewhere(steps) => Ok(Checked::OffBy(steps)),
        Moment::Never => Ok(Checked::Wrong),
    }
}

/// True if the account has a second factor.
pub async fn is_enrolled(services: &Services, account: &AccountId) -> Result<bool, Failure> {
    Ok(authenticators::find(services.store.read(), account).await?.is_some())
}

/// True if the account has a second factor that counts: one that was switched off by too many
/// wrong codes may be set up anew.
pub async fn is_settled(services: &Services, account: &AccountId) -> Result<bool, Failure> {
    Ok(is_enrolled(services, account).await? && !codes::are_off(services, services.store.read(), account).await?)
}

/// Where the secret of an account stands, for its seal.
pub(super) fn place(account: &AccountId) -> Place<'_> {
    Place { table: "authenticators", column: "sealed_secret", owner: account.as_str() }
}
