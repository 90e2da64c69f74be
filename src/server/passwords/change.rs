//! A new password in place of the old one, and what ends by that.

use super::{Verdict, policy};
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::guesses;
use crate::server::mail::{self, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::{enrolments, one_time_tokens, pending_logins, people, sessions};
use sqlx::AnyConnection;
use zeroize::Zeroizing;

/// A password that was judged and hashed.
pub struct NewPassword {
    pub account: AccountId,
    email: String,
    hash: String,
}

/// Judges a new password of `account` and hashes it. It must not be the present one.
pub async fn prepare(
    services: &Services,
    account: &AccountId,
    email: &str,
    typed: String,
) -> Result<NewPassword, Failure> {
    let password = judge(services, email, typed)?;
    let present = people::password_of(services.store.read(), account).await?;
    if services.hash_lane.verify(password.clone(), present.as_deref()).await? == Verdict::Right {
        return Err(Problem::PasswordSame.into());
    }
    hash(services, account, email, password).await
}

/// Judges a new password by itself; says nothing of the present one.
pub fn judge(services: &Services, email: &str, typed: String) -> Result<Zeroizing<String>, Failure> {
    let password = policy::normalise(typed);
    services.password_policy.check_new(&password, &Email::parse(email)?)?;
    Ok(password)
}

/// Hashes a new password that was judged.
pub async fn hash(
    services: &Services,
    account: &AccountId,
    email: &str,
    password: Zeroizing<String>,
) -> Result<NewPassword, Failure> {
    let hash = services.hash_lane.hash(password).await?;
    Ok(NewPassword { account: account.clone(), email: email.to_owned(), hash })
}

/// Writes it and tells the owner. Every session but `kept` ends, and with them pending logins, set-ups and links in mails.
pub async fn write(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    new: &NewPassword,
    kept: Option<&str>,
) -> Result<(), Failure> {
    let account = &new.account;
    people::set_password(&mut *db, account, &new.hash).await?;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *db, account).await?;
    sessions::delete_others(&mut *db, account, kept.unwrap_or_default()).await?;
    enrolments::delete_all_of(&mut *db, account).await?;
    one_time_tokens::delete_requests_of(&mut *db, account).await?;
    guesses::forget(services, &mut *db, Email::parse(&new.email)?.key()).await?;
    audit::record(services, &mut *db, account, EventKind::PasswordChanged, origin).await?;
    let owner = Recipient { account, email: &new.email };
    mail::notify(services, db, owner, SecurityNotice::PasswordChanged, origin).await
}
