//! One request as server functions see it: the shared tools, who asks, and what to answer with.

use crate::model::{AccountId, Flash, News, Notice, Problem, next_path::next_path};
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::limits::known_devices;
use crate::server::services::Services;
use crate::server::sessions::{self, Enroller, Login, NewSession, Pending, Session};
use axum::http::{HeaderName, HeaderValue, header};
use leptos::prelude::use_context;
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::ResponseOptions;
use std::sync::Arc;

pub mod cookies;
pub mod flash;
mod language;
pub mod origin;
mod registration;

use cookies::Jar;

/// One request.
#[derive(Clone)]
pub struct Call(Arc<Parts>);

struct Parts {
    services: Arc<Services>,
    origin: Origin,
    jar: Jar,
}

impl Call {
    /// Gathers what one request brings.
    pub fn new(services: Arc<Services>, origin: Origin, jar: Jar) -> Self {
        Self(Arc::new(Parts { services, origin, jar }))
    }

    /// The request that is being answered.
    pub fn here() -> Result<Self, Problem> {
        use_context().ok_or_else(|| Failure::broken("a server function ran outside of a request").into_problem())
    }

    /// The shared tools.
    pub fn services(&self) -> &Services {
        &self.0.services
    }

    /// Where the request came from.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// The cookies it brought.
    pub fn jar(&self) -> &Jar {
        &self.0.jar
    }

    /// The live session of the visitor, if there is one.
    pub async fn find_session(&self) -> Result<Option<Session>, Failure> {
        match self.jar().one(cookies::SESSION).and_then(Token::parse) {
            Some(token) => sessions::current(self.services(), &token).await,
            None => Ok(None),
        }
    }

    /// The half-finished login of the visitor, if there is one.
    pub async fn find_pending(&self) -> Result<Option<Pending>, Failure> {
        match self.jar().one(cookies::MFA).and_then(Token::parse) {
            Some(token) => sessions::pending(self.services(), &token).await,
            None => Ok(None),
        }
    }

    /// The live session, or [`Problem::SignedOut`].
    pub async fn session(&self) -> Result<Session, Failure> {
        Ok(self.find_session().await?.ok_or(Problem::SignedOut)?)
    }

    /// The half-finished login, or [`Problem::LoginExpired`].
    pub async fn pending(&self) -> Result<Pending, Failure> {
        Ok(self.find_pending().await?.ok_or(Problem::LoginExpired)?)
    }

    /// Whoever may set up a second factor here.
    pub async fn enroller(&self) -> Result<Enroller, Failure> {
        if let Some(session) = self.find_session().await? {
            return Ok(Enroller::Session(session));
        }
        let pending = self.pending().await?;
        if pending.owes_enrolment() { Ok(Enroller::Pending(pending)) } else { Err(Problem::AlreadyEnrolled.into()) }
    }

    /// Answers a login: a session and the way on, or the way to its second half.
    pub fn finish_login(&self, login: Login) {
        match login {
            Login::Done(session) => self.sign_in(&session),
            Login::NeedsCode(token) => self.ask_second_factor(&token, 5 * 60, "/tfa"),
            Login::NeedsEnrolment(token) => self.ask_second_factor(&token, 30 * 60, "/totp-setup"),
        }
    }

    /// Hands out the cookie of a new session and goes where the person was going.
    pub fn sign_in(&self, session: &NewSession) {
        self.set_cookie(&cookies::secret(cookies::SESSION, session.token.expose(), session.max_age_s));
        self.set_cookie(&cookies::expired(cookies::MFA));
        self.set_cookie(&cookies::login_marker());
        // The one it showed lives a year longer too.
        let device = session.device.as_ref().map(Token::expose).or_else(|| self.jar().one(cookies::DEVICE));
        if let Some(device) = device {
            self.set_cookie(&cookies::secret(cookies::DEVICE, device, Some(known_devices::LIFETIME_S)));
        }
        self.redirect(&session.next);
    }

    /// Takes every cookie of the login back and goes to the login page, which then leads to `next`.
    pub fn sign_out(&self, next: &str) {
        for name in [cookies::SESSION, cookies::MFA] {
            self.set_cookie(&cookies::expired(name));
        }
        self.set_cookie(&cookies::expired_login_marker());
        // Not "cookies": that would clear other services of this host, and language and theme.
        self.set_header(HeaderName::from_static("clear-site-data"), "\"storage\"");
        self.redirect(&login_then(next));
    }

    /// Tells the browser which page follows.
    pub fn redirect(&self, path: &str) {
        self.set_header(header::LOCATION, path);
        self.set_header(HeaderName::from_static(REDIRECT_HEADER), "");
    }

    /// Goes to a page of ours, which then tells what was done.
    pub fn done(&self, notice: Notice, page: &str) {
        let flash = Flash { page: page.to_owned(), news: News::Done(notice), email: String::new() };
        if let Some(cookie) = flash::cookie(self.services(), flash) {
            self.set_cookie(&cookie);
        }
        self.redirect(page);
    }

    /// The token of a link that was opened, or [`Problem::LinkBad`].
    pub fn link(&self, cookie: &'static str) -> Result<String, Problem> {
        self.jar().one(cookie).map(str::to_owned).ok_or(Problem::LinkBad)
    }

    /// Takes a cookie back.
    pub fn forget(&self, cookie: &'static str) {
        self.set_cookie(&cookies::expired(cookie));
    }

    /// Remembers that `account` was registered in this browser.
    pub fn remember_registration(&self, account: &AccountId) {
        if let Some(cookie) = registration::cookie(self.services(), account) {
            self.set_cookie(&cookie);
        }
    }

    /// The account registered in this browser.
    pub fn registered_here(&self) -> Option<AccountId> {
        registration::read(self.services(), self.jar())
    }

    /// Goes on after an address was confirmed: nobody is signed in by that.
    pub async fn finish_verification(&self, renewed: Option<NewSession>) -> Result<(), Problem> {
        self.forget(cookies::VERIFY);
        if let Some(session) = renewed {
            self.sign_in(&session);
            self.done(Notice::EmailVerified, "/dashboard");
            return Ok(());
        }
        let is_signed_in = self.find_session().await.map_err(Failure::into_problem)?.is_some();
        self.done(Notice::EmailVerified, if is_signed_in { "/dashboard" } else { "/login" });
        Ok(())
    }

    fn ask_second_factor(&self, token: &Token, max_age_s: i64, page: &str) {
        // It was ended by the password: left there, it would only seem to be a login.
        if self.jar().one(cookies::SESSION).is_some() {
            self.set_cookie(&cookies::expired(cookies::SESSION));
        }
        self.set_cookie(&cookies::secret(cookies::MFA, token.expose(), Some(max_age_s)));
        self.set_cookie(&cookies::login_marker());
        self.redirect(page);
    }

    fn set_cookie(&self, cookie: &str) {
        if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
            response.append_header(header::SET_COOKIE, value);
        }
    }

    fn set_header(&self, name: HeaderName, value: &str) {
        if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
            response.insert_header(name, value);
        }
    }
}

/// The page that asks who one is once more, from which the way leads on to `wanted`.
pub fn confirm_then(wanted: &str) -> String {
    format!("/confirm?next={}", url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect::<String>())
}

/// The login page, from which the way leads on to `wanted` if that is a page of ours.
pub fn login_then(wanted: &str) -> String {
    match next_path(wanted) {
        "/dashboard" => "/login".to_owned(),
        next => format!("/login?next={}", url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>()),
    }
}
