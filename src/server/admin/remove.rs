//! Taking away: a lost second factor, or the whole account.

use super::Hand;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::accounts::superusers;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::limits::codes;
use crate::server::mail::{self, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::{authenticators, enrolments, pending_logins, people, recovery_codes, sessions};

/// Deletes an account with all that hangs on it. Never the last superuser who can log in.
pub async fn delete(services: &Services, hand: &Hand<'_>, account: &AccountId) -> Result<(), Failure> {
    hand.may_change(services)?;
    let mut tx = services.store.begin().await?;
    let before = superusers::line_up(services, &mut tx).await?;
    if !people::delete(&mut *tx, account).await? {
        return Err(Problem::NoSuchAccount.into());
    }
    superusers::keep_one(&mut tx, before).await?;
    tx.commit().await?;
    hand.log(account, "there", "deleted");
    Ok(())
}

/// Forgets authenticator and recovery codes and ends every session: the next login sets up a new
/// second factor. Its owner is told. False if there was nothing to forget.
pub async fn reset_second_factor(
    services: &Services,
    hand: &Hand<'_>,
    origin: &Origin,
    account: &AccountId,
) -> Result<bool, Failure> {
    hand.may_change(services)?;
    let mut tx = services.store.begin().await?;
    if !authenticators::delete(&mut *tx, account).await? {
        return Ok(false);
    }
    codes::forget(&mut tx, account).await?;
    recovery_codes::delete_all_of(&mut *tx, account).await?;
    enrolments::delete_all_of(&mut *tx, account).await?;
    pending_logins::delete_all_of(&mut *tx, account).await?;
    sessions::delete_all_of(&mut *tx, account).await?;
    audit::record(services, &mut tx, account, EventKind::SecondFactorReset, origin).await?;
    mail::tell(services, &mut tx, account, SecurityNotice::SecondFactorReset, origin).await?;
    tx.commit().await?;
    hand.log(account, "second factor", "no second factor");
    Ok(true)
}
