//! Logging in by the API: the same halves as in a browser, with tokens in place of cookies.
//!
//! A pending login travels in an opaque token, which no verifier of access tokens can accept. It
//! goes on working once its second factor is set up: clients of the demo keep it.

use super::current::{live, waiting};
use super::login::{Continuation, wait};
use super::recent;
use super::second_factor::{Enroller, finish_with_code, restart_enrolment, settle, show_enrolment};
use super::{
    BEARER, JWT, Login, LoginForm, NewSession, Pending, Place, Session, Stay, abandon, insert, log_in, password,
};
use crate::model::Problem;
use crate::model::views::EnrolmentView;
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::recent::Moment;
use crate::server::services::Services;
use crate::server::store::{pending_logins, sessions};
use crate::server::tokens::access::{self, Grant};
use crate::server::totp::{self, Code, recovery_codes};

/// What a right password earns by the API.
pub enum Granted {
    /// An access token of a full session.
    Access(String),
    /// The token of a login whose second factor is missing.
    Pending(Token),
}

/// What a bearer token stands for.
pub enum Bearer {
    Full(Session),
    Pending(Pending),
}

/// Checks address and password.
pub async fn log_in_by_api(
    services: &Services,
    origin: &Origin,
    email: String,
    password: String,
) -> Result<Granted, Failure> {
    let form = LoginForm { email, password, stay: Stay::Api, next: String::new() };
    match log_in(services, origin, form).await? {
        Login::Done(session) => Ok(Granted::Access(access_token(services, &session).await?)),
        Login::NeedsCode(token) | Login::NeedsEnrolment(token) => Ok(Granted::Pending(token)),
    }
}

/// Checks address, password and code (or recovery code) at once; returns an access token.
pub async fn log_in_with_code(
    services: &Services,
    origin: &Origin,
    email: &str,
    password: String,
    code: &str,
) -> Result<String, Failure> {
    let owner = password::owner(services, origin, email, password, Stay::Api).await?;
    let login = Continuation { account: &owner.id, stay: Stay::Api, next: String::new(), origin };
    let mut tx = services.store.begin().await?;
    if !owner.hold(services, origin, &mut tx).await?.has_second_factor {
        tx.commit().await?;
        return Err(Problem::WrongCode.into());
    }
    let digest = wait(services, &mut tx, &login, "code").await?.digest();
    tx.commit().await?;
    let pending = waiting(services, &digest, BEARER).await?.ok_or(Problem::LoginExpired)?;
    match finish_with_code(services, origin, &pending, code).await {
        Ok(session) => access_token(services, &session).await,
        Err(refusal) => {
            // Its token was shown to nobody.
            abandon(services, &pending).await?;
            Err(refusal)
        }
    }
}

/// What `shown` stands for. A cookie of ours is no bearer token, nor the reverse.
pub async fn bearer(services: &Services, shown: &str) -> Result<Option<Bearer>, Failure> {
    let Some(token) = Token::parse(shown) else {
        return Ok(named(services, shown).await?.map(Bearer::Full));
    };
    let digest = token.digest();
    if let Some(session) = live(services, &digest, BEARER).await? {
        return Ok(Some(Bearer::Full(session)));
    }
    Ok(waiting(services, &digest, BEARER).await?.map(Bearer::Pending))
}

/// The live session that an access token names.
async fn named(services: &Services, token: &str) -> Result<Option<Session>, Failure> {
    if token.len() > access::MAX_BYTES {
        return Ok(None);
    }
    let digest = recent::digest(token);
    if let Some(session) = services.recent_tokens.find(&digest, &Moment::now(services)) {
        return Ok(Some(session));
    }
    let Some(claimed) = access::read(services, token).await? else { return Ok(None) };
    let session = live(services, &claimed.session, JWT).await?;
    let session = session.filter(|session| *session.account() == claimed.account);
    if let Some(session) = &session {
        services.recent_tokens.keep(digest, session);
    }
    Ok(session)
}

/// The secret that waits for its first code. A session that never asked for one gets it here, if
/// its login is fresh; the same secret is shown for 30 minutes.
pub async fn enrolment_in_place(services: &Services, enroller: &Enroller) -> Result<EnrolmentView, Failure> {
    if totp::is_settled(services, enroller.account()).await? {
        return Err(Problem::AlreadyEnrolled.into());
    }
    match show_enrolment(enroller, services).await {
        Err(Failure::Refused(Problem::SetUpExpired)) => {
            restart_enrolment(services, enroller).await?;
            show_enrolment(enroller, services).await
        }
        shown => shown,
    }
}

/// Turns the second factor on and raises the pending login to a full session under the same
/// token. Returns the recovery codes.
pub async fn enrol_in_place(
    services: &Services,
    origin: &Origin,
    enroller: &Enroller,
    typed: &str,
) -> Result<Vec<String>, Failure> {
    if totp::is_settled(services, enroller.account()).await? {
        return Err(Problem::AlreadyEnrolled.into());
    }
    let code = Code::parse(typed)?;
    let (account, digest) = (enroller.account(), enroller.digest());
    let mut tx = services.store.begin().await?;
    let enrolment = totp::confirm(services, &mut tx, account, digest, &code).await?;
    match enroller {
        Enroller::Pending(_) if pending_logins::delete(&mut *tx, digest).await? => {
            let place = Place { digest: digest.to_owned(), kind: BEARER, stay: Stay::Api };
            insert(services, &mut tx, account, place, origin).await?;
        }
        Enroller::Session(_) if sessions::exists(&mut *tx, digest).await? => {}
        _ => return Err(Problem::LoginExpired.into()),
    }
    settle(services, &mut tx, origin, (enroller, enrolment), digest).await?;
    tx.commit().await?;
    let sheet = recovery_codes::sheet(services, digest, "").await?;
    Ok(sheet.map(|sheet| sheet.codes).unwrap_or_default())
}

async fn access_token(services: &Services, session: &NewSession) -> Result<String, Failure> {
    let (account, name) = (&session.account, session.token.digest());
    access::issue(services, Grant { account, session: &name, expires_at: session.expires_at }).await
}
