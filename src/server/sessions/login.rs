//! The first half of a login: address and password.

use super::password::Held;
use super::{NewSession, Stay, open, password, replaced};
use crate::model::views::EventKind;
use crate::model::{AccountId, next_path::next_path};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::services::Services;
use crate::server::store::pending_logins;
use crate::server::totp::{self, Enrolment};
use sqlx::AnyConnection;

const CODE_LIFETIME_S: i64 = 5 * 60;
const ENROLMENT_LIFETIME_S: i64 = 30 * 60;
pub(super) const CODE_TRIES: i64 = 5;
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
/// Refuses unknown, wrong and disabled alike with [`Problem::BadCredentials`](crate::model::Problem), after the same work.
pub async fn log_in(services: &Services, origin: &Origin, form: LoginForm) -> Result<Login, Failure> {
    let owner = password::owner(services, origin, &form.email, form.password, form.stay).await?;
    let next = next_path(&form.next).to_owned();
    let mut tx = services.store.begin().await?;
    let held = owner.hold(services, origin, &mut tx).await?;
    let login = Continuation { account: &owner.id, stay: form.stay, next, origin };
    let login = continue_login(services, &mut tx, &held, login).await?;
    tx.commit().await?;
    Ok(login)
}

pub(super) struct Continuation<'a> {
    pub account: &'a AccountId,
    pub stay: Stay,
    pub next: String,
    pub origin: &'a Origin,
}

async fn continue_login(
    services: &Services,
    db: &mut AnyConnection,
    held: &Held,
    login: Continuation<'_>,
) -> Result<Login, Failure> {
    if held.has_second_factor {
        return Ok(Login::NeedsCode(wait(services, db, &login, "code").await?));
    }
    if services.config.second_factor_is_required {
        let token = wait(services, &mut *db, &login, "enrolment").await?;
        totp::prepare(services, db, login.account, &token.digest(), Enrolment::First).await?;
        return Ok(Login::NeedsEnrolment(token));
    }
    let session = open(services, &mut *db, login.account, login.stay, login.origin).await?;
    audit::record(services, db, login.account, EventKind::LoggedIn, login.origin).await?;
    Ok(Login::Done(NewSession { next: login.next, ..session }))
}

/// Keeps a login that still needs a `code` or an `enrolment`.
pub(super) async fn wait(
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
        kind: login.stay.pending_kind().to_owned(),
    };
    replaced::end(services, &mut *db, login.origin).await?;
    pending_logins::insert(db, &pending).await?;
    let (account, from) = (login.account.as_str(), login.origin.address.as_str());
    tracing::info!(kind = "password_accepted", account, from, owes = step, "A login owes its second half.");
    Ok(token)
}
