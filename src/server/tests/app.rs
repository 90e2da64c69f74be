//! A server in process, and visitors who speak to it like browsers.

use super::database;
use crate::model::Problem;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::http::{self, Web};
use crate::server::keys::random;
use crate::server::services::Services;
use crate::server::store::Backend;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

pub const PASSWORD: &str = "seven lamps over the gate";
/// Longer than every time-out of the server.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
const START: i64 = 1_800_000_000;

/// A server with a database of its own in a temporary folder.
pub struct TestApp {
    pub services: Arc<Services>,
    pub web: Web,
    pub folder: Folder,
}

/// A temporary folder that goes with its owner.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = u64::from_le_bytes(random::<8>().unwrap());
        let path = std::env::temp_dir().join(format!("sekisho-test-{name:016x}"));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn settings(&self, more: &[(&str, &str)]) -> HashMap<String, String> {
        let is_elsewhere = more.iter().any(|(name, url)| *name == "SEKISHO_PUBLIC_URL" && !url.contains("localhost"));
        let data = [
            ("SEKISHO_DATA_DIR", self.0.to_str().unwrap()),
            // A busy machine must not fail a test.
            ("SEKISHO_HASH_PRIORITY", "normal"),
            // Tests log in hundreds of times; those of the limits turn them on.
            ("SEKISHO_THROTTLE", if is_elsewhere { "on" } else { "off" }),
        ];
        data.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let mut config = Config::from_map(folder.settings(settings)).unwrap();
        if let Some(url) = database::own_schema().await {
            config.database_url = url;
        }
        Self::of(folder, config).await
    }

    /// One server on each database that there is.
    pub async fn on_both() -> Vec<Self> {
        let on = async |url: Option<String>| {
            let folder = Folder::new();
            let mut config = Config::from_map(folder.settings(&[])).unwrap();
            config.database_url = url.unwrap_or(config.database_url);
            Self::of(folder, config).await
        };
        let mut apps = vec![on(None).await];
        if let Some(url) = database::new_schema().await {
            apps.push(on(Some(url)).await);
        }
        apps
    }

    /// Another server of the same database, with a memory of its own.
    pub async fn another(&self) -> Self {
        Self::of(Folder::new(), self.services.config.clone()).await
    }

    /// With settings that no variable says.
    pub async fn of(folder: Folder, config: Config) -> Self {
        let services = Arc::new(Services::open(config, Clock::Test(AtomicI64::new(START))).await.unwrap());
        register_functions();
        Self { web: http::web(Arc::clone(&services), None), services, folder }
    }

    /// The same server started anew, on the same data and at the same time.
    pub async fn restarted(&self) -> Web {
        let clock = Clock::Test(AtomicI64::new(self.services.clock.now().seconds()));
        http::web(Arc::new(Services::open(self.services.config.clone(), clock).await.unwrap()), None)
    }

    pub fn advance(&self, seconds: i64) {
        self.services.clock.advance(seconds);
    }

    /// A visitor with an account whose second factor is still owed.
    pub async fn registered(&self, email: &str) -> Visitor<'_> {
        let mut visitor = Visitor::new(self);
        let answer = visitor.post("/fn/register", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), Some("/login"), "{:?}", answer.problem());
        visitor
    }

    /// A visitor with two factors, signed in, and the secret of the authenticator.
    pub async fn enrolled(&self, email: &str) -> (Visitor<'_>, Phone) {
        let mut visitor = self.registered(email).await;
        visitor.log_in(email).await;
        let phone = visitor.read_key().await;
        let answer = visitor.post("/fn/totp-setup", &[("code", &phone.code(self))]).await;
        assert_eq!(answer.location(), Some("/recovery-codes"), "{:?}", answer.problem());
        (visitor, phone)
    }

    /// Everything the database holds, as one text.
    pub async fn dump(&self) -> String {
        if self.services.store.backend() == Backend::Postgres {
            return database::dump(&self.services.store).await;
        }
        self.services.store.close().await;
        let files =
            ["sekisho.db", "sekisho.db-wal"].map(|name| std::fs::read(self.folder.0.join(name)).unwrap_or_default());
        String::from_utf8_lossy(&files.concat()).into_owned()
    }
}

/// An authenticator app.
pub struct Phone(pub String);

impl Phone {
    pub fn code(&self, app: &TestApp) -> String {
        self.code_in(app, 0)
    }

    /// The code of another step.
    pub fn code_in(&self, app: &TestApp, steps: i64) -> String {
        let bytes = data_encoding::BASE32_NOPAD.decode(self.0.as_bytes()).unwrap();
        let secret = crate::server::totp::Secret::from_bytes(bytes.into());
        secret.code_at(app.services.clock.now().plus_s(steps * 30))
    }
}

/// Somebody with a browser: keeps cookies, and posts either as fetch or as a plain form.
#[derive(Clone)]
pub struct Visitor<'a> {
    pub app: &'a TestApp,
    pub cookies: BTreeMap<String, String>,
    pub is_plain: bool,
    /// The address of the other end of its connection, if it has one.
    pub from: Option<IpAddr>,
}

impl<'a> Visitor<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new(), is_plain: false, from: None }
    }

    /// One whose requests come from this address.
    pub fn at(app: &'a TestApp, from: &str) -> Self {
        Self { from: Some(from.parse().unwrap()), ..Self::new(app) }
    }

    /// One whose browser has no JavaScript.
    pub fn plain(app: &'a TestApp) -> Self {
        Self { is_plain: true, ..Self::new(app) }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let accept = if self.is_plain { "text/html" } else { "application/json" };
        let request = Request::post(path)
            .header(header::ACCEPT, accept)
            .header("sec-fetch-site", "same-origin")
            .header(header::REFERER, "https://evil.test/trap")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn log_in(&mut self, email: &str) -> Answer {
        self.post("/fn/login", &[("email", email), ("password", PASSWORD), ("next", "")]).await
    }

    /// The key that the set-up page shows.
    pub async fn read_key(&mut self) -> Phone {
        let page = self.get("/totp-setup").await.text;
        let key = page.split("<code class=\"secret\">").nth(1).unwrap().split('<').next().unwrap();
        Phone(key.replace(' ', ""))
    }

    /// The recovery codes shown.
    pub async fn read_codes(&mut self) -> Vec<String> {
        let text = self.get("/recovery-codes.txt").await.text;
        text.lines().filter(|line| line.len() == 27 && line.matches('-').count() == 3).map(str::to_owned).collect()
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() {
            request.headers_mut().append(header::COOKIE, jar.join("; ").parse().unwrap());
        }
        if let Some(from) = self.from {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 4711)));
        }
        let answer = Self::send_to(&self.app.web, request).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap() {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }

    /// Without cookies, to a web side of the test's own.
    pub async fn send_to(web: &Web, request: Request<Body>) -> Answer {
        let asked = format!("{} {}", request.method(), request.uri());
        let answer = async {
            let (parts, body) = web.answer(None, request).await.into_parts();
            let text = String::from_utf8_lossy(&to_bytes(body, usize::MAX).await.unwrap()).into_owned();
            Answer { status: parts.status, headers: parts.headers, text }
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| panic!("no answer to {asked}"))
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION).map(|value| value.to_str().unwrap())
    }

    /// The problem of a refused fetch.
    pub fn problem(&self) -> Option<Problem> {
        serde_json::from_str(&self.text).ok()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

fn register_functions() {
    use crate::functions::{
        account, activity, dashboard, login, recover, recovery_codes, register, security, sessions, totp,
    };
    use leptos::server_fn::axum::register_explicit;
    register_explicit::<login::LogIn>();
    register_explicit::<login::FinishWithCode>();
    register_explicit::<login::LogOut>();
    register_explicit::<register::Register>();
    register_explicit::<recover::ForgotPassword>();
    register_explicit::<recover::ResetPassword>();
    register_explicit::<recover::VerificationLink>();
    register_explicit::<recover::VerifyEmail>();
    register_explicit::<recover::ClaimAccount>();
    register_explicit::<totp::Enrolment>();
    register_explicit::<totp::ConfirmTotp>();
    register_explicit::<totp::RestartTotp>();
    register_explicit::<recovery_codes::RecoverySheet>();
    register_explicit::<recovery_codes::ConfirmRecoveryCode>();
    register_explicit::<recovery_codes::RenewRecoveryCodes>();
    register_explicit::<dashboard::Dashboard>();
    register_explicit::<security::Security>();
    register_explicit::<security::Confirm>();
    register_explicit::<security::ChangePassword>();
    register_explicit::<security::ChangeEmail>();
    register_explicit::<security::CancelEmailChange>();
    register_explicit::<security::ReplaceTotp>();
    register_explicit::<security::RemoveTotp>();
    register_explicit::<sessions::Sessions>();
    register_explicit::<sessions::EndSession>();
    register_explicit::<sessions::EndOtherSessions>();
    register_explicit::<activity::Activity>();
    register_explicit::<activity::NotMe>();
    register_explicit::<account::Leave>();
    register_explicit::<recover::NotMeByLink>();
    register_explicit::<recover::UndoEmail>();
}
