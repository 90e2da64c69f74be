//! Sessions: how long, under which token, and what refuses.

use super::app::PASSWORD;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::limits;
use axum::body::Body;
use axum::http::Request;

const ADA: &str = "ada@example.test";
const HOUR: i64 = 3600;

#[tokio::test]
async fn unknown_wrong_and_disabled_are_answered_alike() {
    let app = TestApp::new().await;
    app.registered(ADA).await;
    app.registered("off@example.test").await;
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("UPDATE accounts SET disabled_at = 1 WHERE email_key = 'off@example.test'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut answers = Vec::new();
    for (email, password) in
        [(ADA, "wrong password"), ("nobody@example.test", PASSWORD), ("off@example.test", PASSWORD), ("garbage", "x")]
    {
        let answer =
            Visitor::new(&app).post("/fn/login", &[("email", email), ("password", password), ("next", "")]).await;
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.push((answer.status, answer.text, names));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn a_refusal_is_written_down_whether_or_not_there_is_an_account() {
    let app = TestApp::new().await;
    app.registered(ADA).await;
    let written = || async {
        let query = "SELECT (SELECT COUNT(*) FROM nobodys_events e JOIN nobodys_origins o ON o.event_id = e.id), \
                     (SELECT COUNT(*) FROM events WHERE kind = 'password_refused')";
        sqlx::query_as::<_, (i64, i64)>(query).fetch_one(app.services.store.read()).await.unwrap()
    };
    let wrong = |email| [("email", email), ("password", "wrong password"), ("next", "")];
    Visitor::new(&app).post("/fn/login", &wrong(ADA)).await;
    assert_eq!(written().await, (0, 1));
    Visitor::new(&app).post("/fn/login", &wrong("nobody@example.test")).await;
    assert_eq!(written().await, (1, 1));
    limits::sweep(&app.services).await.unwrap();
    assert_eq!(written().await, (1, 1), "that of this second stays");
    app.advance(1);
    limits::sweep(&app.services).await.unwrap();
    assert_eq!(written().await, (0, 1));
}

#[tokio::test]
async fn a_session_ends_after_an_hour_idle_or_a_day_in_all() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let mut idle = ada.clone();
    for _ in 0..23 {
        app.advance(HOUR - 60);
        assert_eq!(ada.get("/dashboard").await.status, 200);
    }
    app.advance(HOUR - 60);
    assert_eq!(idle.get("/dashboard").await.status, 200, "one session, one life");
    app.advance(HOUR);
    assert_eq!(ada.get("/dashboard").await.location(), Some("/login"));
}

#[tokio::test]
async fn keep_me_signed_in_lasts_thirty_days() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let mut ada = app.registered(ADA).await;
    let form = [("email", ADA), ("password", PASSWORD), ("keep", "on"), ("next", "")];
    let answer = ada.post("/fn/login", &form).await;
    assert!(
        answer.headers.get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().contains("Max-Age=2592000"))
    );
    for _ in 0..2 {
        app.advance(13 * 24 * HOUR);
        assert_eq!(ada.get("/dashboard").await.status, 200);
    }
    app.advance(4 * 24 * HOUR);
    assert_eq!(ada.get("/dashboard").await.location(), Some("/login"));
}

#[tokio::test]
async fn a_token_supplied_by_the_client_is_never_adopted() {
    let app = TestApp::new().await;
    let (ada, phone) = app.enrolled(ADA).await;
    let planted = ada.cookies["__Host-session"].clone();
    app.advance(60);
    let mut victim = Visitor::new(&app);
    victim.cookies.insert("__Host-session".into(), "A".repeat(43));
    victim.log_in(ADA).await;
    let mfa = victim.cookies["__Host-mfa"].clone();
    victim.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    let fresh = victim.cookies["__Host-session"].clone();
    assert!(fresh != planted && fresh != mfa && fresh != "A".repeat(43));
    let mut replay = Visitor::new(&app);
    replay.cookies.insert("__Host-mfa".into(), mfa);
    assert_eq!(replay.get("/tfa").await.location(), Some("/login"), "the pending login is spent");
}

/// Somebody whose browser has this cookie alone.
fn holder<'a>(app: &'a TestApp, cookie: &str, value: &str) -> Visitor<'a> {
    let mut holder = Visitor::new(app);
    holder.cookies.insert(cookie.to_owned(), value.to_owned());
    holder
}

async fn opens(app: &TestApp, session: &str) -> bool {
    holder(app, "__Host-session", session).get("/dashboard").await.status == 200
}

async fn waits(app: &TestApp, pending: &str) -> bool {
    holder(app, "__Host-mfa", pending).get("/tfa").await.status == 200
}

#[tokio::test]
async fn a_login_ends_whatever_its_browser_was_signed_in_by() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let (bob, phone) = app.enrolled("bob@example.test").await;
    let (adas, elsewhere) = (ada.cookies["__Host-session"].clone(), bob.cookies["__Host-session"].clone());
    app.advance(60);
    let wrong = [("email", "bob@example.test"), ("password", "wrong password"), ("next", "")];
    assert_eq!(ada.post("/fn/login", &wrong).await.problem(), Some(Problem::BadCredentials));
    assert!(opens(&app, &adas).await, "a refused login ends nothing");

    // Somebody else logs in, in the browser that Ada left open.
    assert_eq!(ada.log_in("bob@example.test").await.location(), Some("/tfa"));
    assert!(!opens(&app, &adas).await, "the earlier session is over, of whatever account");
    assert!(!ada.cookies.contains_key("__Host-session"));
    let first = ada.cookies["__Host-mfa"].clone();
    assert!(waits(&app, &first).await);
    ada.log_in("bob@example.test").await;
    let second = ada.cookies["__Host-mfa"].clone();
    assert!(!waits(&app, &first).await && waits(&app, &second).await);

    // A session that came to the browser between the halves of a login.
    let mut both = holder(&app, "__Host-session", &elsewhere);
    both.cookies.insert("__Host-mfa".into(), second.clone());
    assert_eq!(both.post("/fn/tfa", &[("code", "000000")]).await.problem(), Some(Problem::WrongCode));
    assert!(opens(&app, &elsewhere).await, "a wrong code ends nothing");
    assert_eq!(both.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
    assert!(!opens(&app, &elsewhere).await && !waits(&app, &second).await);
    assert!(opens(&app, &both.cookies["__Host-session"]).await);
    let events = both.get("/activity").await.text;
    assert!(events.contains("Logged out"), "its owner is told in the history");
}

#[tokio::test]
async fn a_login_ends_no_session_whose_cookie_its_browser_did_not_show() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let email = "ada.lamp@example.test";
    let (mut here, mut there) = (app.registered(email).await, Visitor::new(&app));
    assert_eq!(there.log_in(email).await.location(), Some("/dashboard"));
    assert_eq!(here.log_in(email).await.location(), Some("/dashboard"));
    let (first, other) = (here.cookies["__Host-session"].clone(), there.cookies["__Host-session"].clone());
    assert_eq!(here.log_in(email).await.location(), Some("/dashboard"));
    assert!(!opens(&app, &first).await, "without a second factor too");
    assert!(opens(&app, &other).await && opens(&app, &here.cookies["__Host-session"]).await);

    // Two of a name mean that one was planted: neither was shown.
    let form = format!("email={email}&password={}&next=", PASSWORD.replace(' ', "+"));
    let request = Request::post("/fn/login")
        .header("accept", "application/json")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", format!("__Host-session={other}; __Host-session={other}"));
    assert!(Visitor::new(&app).send(request.body(Body::from(form)).unwrap()).await.location().is_some());
    assert!(opens(&app, &other).await);
}

#[tokio::test]
async fn logging_out_half_way_ends_the_pending_login_too() {
    let app = TestApp::new().await;
    app.enrolled(ADA).await;
    let mut ada = Visitor::new(&app);
    ada.log_in(ADA).await;
    let pending = ada.cookies["__Host-mfa"].clone();
    assert!(waits(&app, &pending).await);
    assert_eq!(ada.post("/fn/logout", &[]).await.location(), Some("/login"));
    assert!(!waits(&app, &pending).await);
    let left = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM pending_logins");
    assert_eq!(left.fetch_one(app.services.store.read()).await.unwrap(), 0);
}

#[tokio::test]
async fn doubled_or_malformed_cookies_are_signed_out() {
    let app = TestApp::new().await;
    let (ada, _) = app.enrolled(ADA).await;
    let good = ada.cookies["__Host-session"].clone();
    let jars = [
        format!("__Host-session={good}; __Host-session={good}"),
        format!("__Host-session=planted; __Host-session={good}"),
        "__Host-session".into(),
        "=;=;;".into(),
        "__Host-session=%00; \u{7f}".into(),
        format!("__Host-session=\"{good}\""),
        "__Host-session=ä".into(),
    ];
    for jar in jars {
        let Ok(value) = axum::http::HeaderValue::from_bytes(jar.as_bytes()) else { continue };
        let request = Request::get("/dashboard").header("cookie", value).body(Body::empty()).unwrap();
        let answer = Visitor::new(&app).send(request).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, Some("/login")), "{jar}");
    }
}

#[tokio::test]
async fn being_seen_is_written_once_a_minute_at_most() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let last_seen = || async {
        sqlx::query_scalar::<_, i64>("SELECT last_seen_at FROM sessions")
            .fetch_one(app.services.store.read())
            .await
            .unwrap()
    };
    let first = last_seen().await;
    app.advance(59);
    ada.get("/dashboard").await;
    assert_eq!(last_seen().await, first);
    app.advance(1);
    ada.get("/dashboard").await;
    assert_eq!(last_seen().await, first + 60);
}

#[tokio::test]
async fn a_weaker_hash_is_made_anew_at_the_next_login() {
    let app = TestApp::new().await;
    let mut ada = app.registered(ADA).await;
    let hash = || async {
        sqlx::query_scalar::<_, String>("SELECT password_hash FROM accounts")
            .fetch_one(app.services.store.read())
            .await
            .unwrap()
    };
    let weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$";
    let tag = {
        let params = argon2::Params::new(8, 1, 1, Some(32)).unwrap();
        let mut tag = [0; 32];
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(PASSWORD.as_bytes(), b"somesaltsomesalt", &mut tag)
            .unwrap();
        data_encoding::BASE64_NOPAD.encode(&tag)
    };
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("UPDATE accounts SET password_hash = $1").bind(format!("{weak}{tag}")).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ada.log_in(ADA).await.location(), Some("/totp-setup"));
    assert!(hash().await.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(ada.log_in(ADA).await.location(), Some("/totp-setup"));
}

#[tokio::test]
async fn an_address_has_one_account_whatever_its_spelling_and_however_many_ask_at_once() {
    let app = TestApp::new().await;
    app.registered(ADA).await;
    let answer =
        Visitor::new(&app).post("/fn/register", &[("email", "ADA@Example.test"), ("password", PASSWORD)]).await;
    assert_eq!(answer.problem(), Some(Problem::EmailTaken));
}
