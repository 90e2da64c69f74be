//! A forgotten password: a link by mail, then a new one. The second factor is still asked at the
//! next login.

use super::change;
use crate::model::Problem;
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::mail::{self, Message, Recipient};
use crate::server::services::Services;
use crate::server::store::accounts::Account;
use crate::server::store::people::Person;
use crate::server::store::{one_time_tokens, people};
use crate::server::tokens::one_time::{self, Purpose};
use sqlx::AnyConnection;

/// Mails a link to the owner of an account, in the transaction that answers who asked for it.
/// Nothing while three of them wait.
pub async fn send_link(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    account: &Account,
) -> Result<(), Failure> {
    let token = one_time::make(services, &mut *db, &account.id, &account.email, Purpose::ResetPassword).await?;
    let Some(token) = token else { return Ok(()) };
    let owner = Recipient { account: &account.id, email: &account.email };
    mail::send(services, &mut *db, owner, &Message::ResetPassword(token)).await?;
    audit::record(services, db, &account.id, EventKind::ResetAsked, origin).await
}

/// A link for the operator to pass on, where mail does not reach the owner. [`Problem::NoSuchAccount`]
/// for a disabled account.
pub async fn link(services: &Services, owner: &Person) -> Result<String, Failure> {
    if owner.disabled_at.is_some() {
        return Err(Problem::NoSuchAccount.into());
    }
    let mut tx = services.store.begin().await?;
    let make = Purpose::ResetPassword;
    let token = match one_time::make(services, &mut tx, &owner.id, &owner.email, make).await? {
        Some(token) => token,
        // Three wait in mails already, asked for by whoever: the operator's own counts more.
        None => {
            one_time_tokens::delete_of(&mut *tx, &owner.id, make.word()).await?;
            let made = one_time::make(services, &mut tx, &owner.id, &owner.email, make).await?;
            made.ok_or_else(|| Failure::broken("a link could not be made"))?
        }
    };
    audit::record(services, &mut tx, &owner.id, EventKind::ResetAsked, &Origin::of_the_server()).await?;
    tx.commit().await?;
    Ok(format!("{}/reset-password?token={}", services.config.public_url.origin, token.expose()))
}

/// Sets a new password. A refused password leaves the link working; every use of it ends all
/// sessions of the account.
pub async fn reset(services: &Services, origin: &Origin, shown: &str, password: String) -> Result<(), Failure> {
    let token = one_time::look(services, shown, Purpose::ResetPassword).await?;
    let owner = people::find(services.store.read(), &token.account_id).await?.ok_or(Problem::LinkBad)?;
    if owner.disabled_at.is_some() || owner.email != token.email {
        return Err(Problem::LinkBad.into());
    }
    let new = change::prepare(services, &owner.id, &owner.email, password).await?;
    let mut tx = services.store.begin().await?;
    one_time::spend(services, &mut tx, &token).await?;
    change::write(services, &mut tx, origin, &new, None).await?;
    Ok(tx.commit().await?)
}
