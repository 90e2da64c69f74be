//! The first half of a login: address and password.

use super::{NewSession, Stay, open};
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem, next_path::next_path};
use crate::server::audit::{self, Origin};
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::passwords::{Verdict, policy};
use crate::server::services::Services;
use crate::server::store::{accounts, guards, pending_logins};
use crate::server::totp;
use sqlx::AnyConnection;

const CODE_LIFETIME_S: i64 = 5 * 60;
const ENROLMENT_LIFETIME_S: i64 = 30 * 60;
const CODE_TRIES: i64 = 5;
/// Enrolling is no guessing: the secret is on the screen.
const ENROLMENT_TRIES: i64 = 100;

/// What was typed into the login page.
pub struct LoginForm {
    pub email: String,
    pub password: String,
    pub stay: Stay,
    pub next: String,
}

/// What a right password leads to. A code owed cannot be mistaken for a session.
pub enum Login {
    Done(NewSession),
    NeedsCode(Token),
    NeedsEnrolment(Token),
}

/// Checks address and password.
///
/// Refuses unknown, wrong and disabled alike with [`Problem::BadCredentials`], after the same work.
pub async fn log_in(services: &Services, origin: &Origin, form: LoginForm) -> Result<Login, Failure> {
    let password = policy::normalise(form.password);
    if policy::check_form(&password).is_err() {
        return Err(Problem::BadCredentials.into());
    }
    let account = match Email::parse(&form.email) {
        Ok(email) => accounts::find_by_email(services.store.read(), email.key()).await?,
        Err(_) => None,
    };
    let stored = account.as_ref().map(|account| account.password_hash.as_str());
    let verdict = services.hash_lane.verify(password.clone(), stored).await?;
    let Some(account) = account else {
        note_nobody(services).await?;
        return Err(Problem::BadCredentials.into());
    };
    if verdict == Verdict::Wrong || account.disabled_at.is_some() {
        note(services, &account.id, EventKind::PasswordRefused, origin).await?;
        return Err(Problem::BadCredentials.into());
    }
    if services.hash_lane.is_outdated(&account.password_hash) {
        let new = services.hash_lane.hash(password).await?;
        let mut tx = services.store.begin().await?;
        accounts::upgrade_hash(&mut *tx, &account.id, &account.password_hash, &new).await?;
        tx.commit().await?;
    }
    let next = next_path(&form.next).to_owned();
    let mut tx = services.store.begin().await?;
    let login =
        continue_login(services, &mut tx, Continuation { account: &account.id, stay: form.stay, next, origin }).await?;
    tx.commit().await?;
    Ok(login)
}

struct Continuation<'a> {
    account: &'a AccountId,
    stay: Stay,
    next: String,
    origin: &'a Origin,
}

async fn continue_login(
    services: &Services,
    db: &mut AnyConnection,
    login: Continuation<'_>,
) -> Result<Login, Failure> {
    if totp::is_enrolled(services, login.account).await? {
        return Ok(Login::NeedsCode(wait(services, db, &login, "code").await?));
    }
    if services.config.second_factor_is_required {
        let token = wait(services, &mut *db, &login, "enrolment").await?;
        totp::prepare(services, db, login.account, &token.digest()).await?;
        return Ok(Login::NeedsEnrolment(token));
    }
    let (token, max_age_s) = open(services, &mut *db, login.account, login.stay, login.origin).await?;
    audit::record(services, db, login.account, EventKind::LoggedIn, login.origin).await?;
    Ok(Login::Done(NewSession { token, max_age_s, next: login.next }))
}

async fn wait(
    services: &Services,
    db: &mut AnyConnection,
    login: &Continuation<'_>,
    step: &str,
) -> Result<Token, Failure> {
    let token = Token::new()?;
    let (lifetime_s, tries_left) =
        if step == "code" { (CODE_LIFETIME_S, CODE_TRIES) } else { (ENROLMENT_LIFETIME_S, ENROLMENT_TRIES) };
    let pending = pending_logins::PendingLogin {
        digest: token.digest(),
        account_id: login.account.clone(),
        step: step.to_owned(),
        tries_left,
        stay: login.stay.word().to_owned(),
        next_path: login.next.clone(),
        expires_at: services.clock.now().plus_s(lifetime_s),
        offset_steps: None,
    };
    pending_logins::insert(db, &pending).await?;
    Ok(token)
}

/// Writes an event in a transaction of its own: the deed it tells was refused.
pub(super) async fn note(
    services: &Services,
    account: &AccountId,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    audit::record(services, &mut tx, account, kind, origin).await?;
    Ok(tx.commit().await?)
}

/// As durable a write as [`note`], for an address without an account: else the faster answer tells
/// who has one.
async fn note_nobody(services: &Services) -> Result<(), Failure> {
    let now = services.clock.now().seconds().to_string();
    let mut tx = services.store.begin().await?;
    guards::put(&mut *tx, "latest refusal of nobody", &now).await?;
    Ok(tx.commit().await?)
}
