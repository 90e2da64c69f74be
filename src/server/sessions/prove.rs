//! Proving once more who one is, before what an open session alone must not do.

use super::second_factor::refuse_code;
use super::{LONG, NewSession, Session, Stay, password};
use crate::model::next_path::next_path;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::limits::codes;
use crate::server::mail::{self, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::sessions;
use crate::server::totp::{self, Checked, Code, recovery_codes};
use sqlx::AnyConnection;

/// What its owner knows and holds.
pub struct Proof {
    pub password: String,
    /// A code of the authenticator app or a recovery code; not looked at where there is no second factor.
    pub code: String,
}

/// Checks a proof: the password, and a code where the account has a second factor.
///
/// Refuses with [`Problem::WrongPassword`] or what is wrong with the code; a right code is spent.
pub async fn prove(services: &Services, origin: &Origin, session: &Session, proof: Proof) -> Result<(), Failure> {
    let Proof { password, code } = proof;
    let is_enrolled = totp::is_enrolled(services, session.account()).await?;
    // What has no shape of a code is told before the password is hashed.
    let is_recovery_code = recovery_codes::looks_like_one(&code);
    let parsed = if is_enrolled && !is_recovery_code { Some(Code::parse(&code)?) } else { None };
    let owner = password::owner(services, origin, session.email(), password, Stay::Short).await;
    let owner = owner.map_err(|failure: Failure| match failure {
        Failure::Refused(Problem::BadCredentials | Problem::NotVerified) => Problem::WrongPassword.into(),
        other => other,
    })?;
    if owner.id != *session.account() {
        return Err(Problem::WrongPassword.into());
    }
    owner.settle(services, origin).await?;
    if !is_enrolled {
        return Ok(());
    }
    if parsed.is_some() {
        count_code(services, origin, session.account()).await?;
    }
    let mut tx = services.store.begin().await?;
    let checked = match &parsed {
        Some(code) => totp::check(services, &mut tx, session.account(), code).await?,
        None if recovery_codes::spend(services, &mut tx, session.account(), &code).await? => Checked::Right,
        None => Checked::Wrong,
    };
    if checked == Checked::Right {
        match parsed {
            Some(_) => codes::forget(&mut tx, session.account()).await?,
            None => mail::tell(services, &mut tx, session.account(), SecurityNotice::RecoveryCodeUsed, origin).await?,
        }
        return Ok(tx.commit().await?);
    }
    drop(tx);
    password::note(services, session.account(), EventKind::CodeRefused, origin).await?;
    if checked != Checked::Used {
        return Err(Problem::WrongCode.into());
    }
    mail::tell_alone(services, session.account(), SecurityNotice::CodeUsedTwice, origin).await?;
    Err(Problem::CodeUsed.into())
}

/// Counts a code before it is looked at, with those of the account's logins.
async fn count_code(services: &Services, origin: &Origin, account: &AccountId) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    let Err(too_many) = codes::count(services, &mut tx, account).await? else { return Ok(tx.commit().await?) };
    drop(tx);
    Err(refuse_code(services, origin, account, too_many).await?.into())
}

/// Proves, and goes on under a new cookie: the old one opens nothing any more (ASVS 7.2.4). Leads
/// on to `next`.
pub async fn confirm(
    services: &Services,
    origin: &Origin,
    session: &Session,
    proof: Proof,
    next: &str,
) -> Result<NewSession, Failure> {
    prove(services, origin, session, proof).await?;
    let mut tx = services.store.begin().await?;
    let renewed = renew(services, &mut tx, session).await?;
    audit::record(services, &mut tx, session.account(), EventKind::Confirmed, origin).await?;
    tx.commit().await?;
    Ok(NewSession { next: next_path(next).to_owned(), ..renewed })
}

/// Gives a session a new cookie, as just proved; its fresh recovery codes come along.
pub async fn renew(services: &Services, db: &mut AnyConnection, session: &Session) -> Result<NewSession, Failure> {
    let (token, now) = (Token::new()?, services.clock.now());
    let digest = token.digest();
    recovery_codes::carry(services, &mut *db, session.digest(), &digest).await?;
    if !sessions::renew(db, session.digest(), &digest, now).await? {
        return Err(Problem::SignedOut.into());
    }
    let max_age_s = session.lasts_long().then(|| session.expires_at().seconds() - now.seconds());
    debug_assert!(max_age_s.is_none_or(|age| age <= LONG.1), "no session outlasts its first cookie");
    let account = session.account().clone();
    Ok(NewSession { account, token, expires_at: session.expires_at(), max_age_s, next: String::new(), device: None })
}
