//! What an owner is told by mail of logins and guesses (ASVS 6.3.5, 6.3.7).

use crate::model::AccountId;
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::mail::{self, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::accounts;
use sqlx::AnyConnection;

/// Tells the owner, in the transaction of what it tells.
pub(super) async fn tell(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    notice: SecurityNotice,
    origin: &Origin,
) -> Result<(), Failure> {
    let Some(email) = accounts::email_of(&mut *db, account).await? else { return Ok(()) };
    mail::notify(services, db, Recipient { account, email: &email }, notice, origin).await
}

/// Tells of a deed that was refused, in a transaction of its own.
pub(super) async fn tell_alone(
    services: &Services,
    account: &AccountId,
    notice: SecurityNotice,
    origin: &Origin,
) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    tell(services, &mut tx, account, notice, origin).await?;
    Ok(tx.commit().await?)
}
