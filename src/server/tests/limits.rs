//! Guessing gets nowhere, and nobody can lock the owner out.

use super::app::{Answer, PASSWORD};
use super::rest::Client;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::limits as domain;
use crate::server::sessions;
use crate::server::store::{accounts, events, limits as store};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

const ADA: &str = "ada@example.test";
const NOBODY: &str = "nobody@example.test";
const ON: (&str, &str) = ("SEKISHO_THROTTLE", "on");

async fn guarded() -> TestApp {
    TestApp::with(&[ON]).await
}

/// A guarded server on each database there is.
#[expect(clippy::disallowed_methods, reason = "tells the tests where PostgreSQL is")]
async fn on_each_database() -> Vec<TestApp> {
    let mut apps = vec![guarded().await];
    if let Ok(cluster) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("limits_{:016x}", u64::from_le_bytes(crate::server::keys::random::<8>().unwrap()));
        let admin = sqlx::AnyPool::connect(&cluster).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        let mut url = url::Url::parse(&cluster).unwrap();
        url.set_path(&name);
        apps.push(TestApp::with(&[ON, ("SEKISHO_DATABASE_URL", url.as_str())]).await);
    }
    apps
}

/// The nth of many addresses that have nothing in common.
fn address(number: usize) -> String {
    Ipv4Addr::from_bits(0x0a00_0001 + u32::try_from(number).unwrap() * 256).to_string()
}

async fn guess(app: &TestApp, email: &str, from: &str) -> Answer {
    Visitor::at(app, from).post("/fn/login", &[("email", email), ("password", "wrong guess"), ("next", "")]).await
}

async fn log_in(app: &TestApp, email: &str, from: &str) -> Answer {
    Visitor::at(app, from).log_in(email).await
}

fn is_throttled(answer: &Answer) -> bool {
    matches!(answer.problem(), Some(Problem::TooManyRequests { .. } | Problem::LoginStopped))
}

/// Guesses from ever new addresses, as patiently as it takes, until `count` were looked at.
async fn besiege(app: &TestApp, email: &str, count: usize) {
    let (mut looked_at, mut number) = (0, 1000);
    while looked_at < count {
        number += 1;
        match guess(app, email, &address(number)).await.problem() {
            Some(Problem::BadCredentials) => looked_at += 1,
            Some(Problem::TooManyRequests { wait_s }) => app.advance(wait_s.into()),
            other => panic!("{other:?} after {looked_at}"),
        }
    }
}

/// How often refusals were written into the history of an account.
async fn times_told(app: &TestApp, email: &str) -> usize {
    let account = accounts::find_by_email(app.services.store.read(), email).await.unwrap().unwrap();
    let events = events::newest(app.services.store.read(), &account.id, i64::MAX, 1000).await.unwrap();
    events.iter().filter(|event| event.kind == "throttled").count()
}

#[tokio::test]
async fn the_eleventh_failure_of_a_source_is_refused_and_moving_inside_its_64_does_not_help() {
    let app = guarded().await;
    for number in 0..10 {
        let answer = guess(&app, &format!("{number}@example.test"), &format!("2001:db8:1:2::{number}")).await;
        assert_eq!(answer.problem(), Some(Problem::BadCredentials));
    }
    let answer = guess(&app, NOBODY, "2001:db8:1:2:ffff::1").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "6"));
    assert_eq!(answer.problem(), Some(Problem::TooManyRequests { wait_s: 6 }));
    assert!(!is_throttled(&guess(&app, NOBODY, "2001:db8:1:3::1").await));
    app.advance(6);
    assert!(!is_throttled(&guess(&app, NOBODY, "2001:db8:1:2::1").await));
    assert!(is_throttled(&guess(&app, NOBODY, "2001:db8:1:2::1").await));
}

#[tokio::test]
async fn a_success_gives_a_source_nothing_back_but_itself() {
    let app = guarded().await;
    app.registered("eve@example.test").await;
    for number in 0..9 {
        guess(&app, &format!("{number}@example.test"), "192.0.2.1").await;
    }
    for _ in 0..3 {
        assert_eq!(log_in(&app, "eve@example.test", "192.0.2.1").await.status, 200);
    }
    assert!(!is_throttled(&guess(&app, NOBODY, "192.0.2.1").await));
    assert!(is_throttled(&guess(&app, NOBODY, "192.0.2.1").await));
    assert!(is_throttled(&log_in(&app, "eve@example.test", "192.0.2.1").await));
}

#[tokio::test]
async fn after_100_failures_new_devices_are_refused_and_the_owners_browser_signs_in_at_the_first_try() {
    let app = guarded().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    ada.post("/fn/logout", &[]).await;
    besiege(&app, ADA, 100).await;
    app.advance(24 * 60 * 60);
    let refused = log_in(&app, ADA, "198.51.100.1").await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (429, Some(Problem::LoginStopped)));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(ada.log_in(ADA).await.location(), Some("/tfa"));
    assert_eq!(log_in(&app, ADA, "198.51.100.1").await.location(), Some("/tfa"), "and opens it to others again");
}

#[tokio::test]
async fn a_new_password_by_mail_works_in_every_state_and_opens_the_account_again() {
    let app = guarded().await;
    app.registered(ADA).await;
    besiege(&app, ADA, 100).await;
    assert_eq!(log_in(&app, ADA, "198.51.100.1").await.problem(), Some(Problem::LoginStopped));
    let client = Client::new(&app);
    assert_eq!(client.post("/auth/forgot-password", json!({ "email": ADA })).await.status, 202);
    let token = app.mailed_token("reset-password", &[]).await;
    let body = json!({ "token": token, "password": "eight lanterns by the river" });
    assert_eq!(client.post("/auth/reset-password", body).await.status, 200);
    let form = [("username", ADA), ("password", "eight lanterns by the river")];
    assert_eq!(client.form("/auth/jwt/login", &form).await.status, 200);
}

#[tokio::test]
async fn every_spelling_of_an_address_shares_one_counter_and_unknown_ones_are_slowed_alike() {
    let app = guarded().await;
    app.registered(ADA).await;
    let mut seen = Vec::new();
    for (email, other) in [(ADA, "AdA@Example.TEST"), (NOBODY, "NoBody@Example.TEST")] {
        let mut answers = Vec::new();
        for number in 0..8 {
            let spelling = if number % 2 == 0 { email } else { other };
            let answer = guess(&app, spelling, &address(number)).await;
            let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            answers.push((answer.status, answer.text.clone(), answer.header("retry-after").to_owned(), names));
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    let statuses: Vec<u16> = seen[0].iter().map(|(status, ..)| status.as_u16()).collect();
    assert_eq!(statuses, [400, 400, 400, 400, 400, 429, 429, 429]);
}

#[tokio::test]
async fn every_door_shares_one_budget() {
    let app = guarded().await;
    let (ada, _) = Client::enrolled(&app, ADA).await;
    let client = Client::new(&app);
    let form = [("username", ADA), ("password", "wrong guess")];
    let code_login = json!({ "username": ADA, "password": "wrong guess", "otp": "123456" });
    let change = json!({ "current_password": "wrong guess", "password": "eight lanterns by the river" });
    for _ in 0..2 {
        assert_eq!(client.form("/auth/jwt/login", &form).await.status, 400);
        assert_eq!(client.post("/auth/login-tfa", code_login.clone()).await.status, 400);
    }
    assert_eq!(ada.patch("/users/me", change.clone()).await.said(), (403, json!("REAUTH_REQUIRED")));
    assert!(is_throttled(&guess(&app, ADA, "192.0.2.1").await));
    let answers = [
        client.form("/auth/jwt/login", &form).await,
        client.post("/auth/login-tfa", code_login).await,
        ada.patch("/users/me", change).await,
    ];
    for answer in answers {
        assert_eq!(answer.said(), (429, json!("TOO_MANY_REQUESTS")));
        assert_eq!(answer.header("retry-after"), "1");
    }
}

/// Sends wrong passwords all at once, each from an address of its own, and the right one at place
/// 50; how many were looked at.
async fn looked_at_of_many_at_once(app: &TestApp, email: &str, count: usize) -> usize {
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..count {
        let web = app.web.clone();
        let password = if number == 50 { PASSWORD } else { "wrong guess" };
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("username", email), ("password", password)])
            .finish();
        let from: IpAddr = address(number).parse().unwrap();
        guesses.spawn(async move {
            let mut request = Request::post("/auth/jwt/login")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Body::from(body))
                .unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from, 4711)));
            web.answer(None, request).await.status().as_u16()
        });
    }
    let statuses = guesses.join_all().await;
    // A busy machine may turn some away before they are looked at.
    assert!(statuses.iter().all(|status| [200, 400, 429, 503].contains(status)), "{statuses:?}");
    statuses.iter().filter(|status| matches!(status, 200 | 400)).count()
}

#[tokio::test]
async fn of_200_guesses_at_once_no_more_are_looked_at_than_the_budget() {
    for app in on_each_database().await {
        app.registered(ADA).await;
        assert_eq!(looked_at_of_many_at_once(&app, ADA, 200).await, 5);
        for round in 0..20 {
            let looked_at = looked_at_of_many_at_once(&app, &format!("{round}@example.test"), 50).await;
            assert_eq!(looked_at, 5, "round {round}");
        }
    }
}

#[tokio::test]
async fn the_owners_known_device_gets_in_every_time_while_others_guess() {
    let app = guarded().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    ada.from = Some("198.51.100.1".parse().unwrap());
    for number in 0..200 {
        // From everywhere, the owner's own network included.
        let from = if number % 3 == 0 { "198.51.100.1".to_owned() } else { address(number) };
        guess(&app, ADA, &from).await;
        if number % 10 == 0 {
            assert_eq!(ada.log_in(ADA).await.location(), Some("/tfa"), "after {number} guesses");
            app.advance(1);
        }
    }
}

#[tokio::test]
async fn a_device_is_known_to_its_own_account_and_for_ten_failures_in_a_row() {
    let app = guarded().await;
    let (ada, _) = app.enrolled(ADA).await;
    let (mut bob, _) = app.enrolled("bob@example.test").await;
    let wrong = [("email", ADA), ("password", "wrong guess"), ("next", "")];
    for number in 0..6 {
        bob.from = Some(address(number).parse().unwrap());
        assert_eq!(is_throttled(&bob.post("/fn/login", &wrong).await), number == 5, "a device of another account");
    }
    let mut thief = ada.clone();
    for number in 0..10 {
        thief.from = Some("192.0.2.1".parse().unwrap());
        assert_eq!(thief.post("/fn/login", &wrong).await.problem(), Some(Problem::BadCredentials), "{number}");
    }
    assert!(is_throttled(&thief.post("/fn/login", &wrong).await), "from now on it is as any other");
    let device = &ada.cookies["__Host-device"];
    assert!(
        device.len() == 43 && !app.dump().await.contains(device.as_str()),
        "256 bits, and only their digest is kept"
    );
}

#[tokio::test]
async fn a_device_cookie_lives_a_year_longer_with_each_login() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let first = ada.cookies["__Host-device"].clone();
    app.advance(300 * 24 * 60 * 60);
    ada.log_in(ADA).await;
    let answer = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
    let cookie = cookies.into_iter().find(|cookie| cookie.starts_with("__Host-device=")).unwrap();
    assert!(cookie.contains("Max-Age=31536000") && cookie.contains("HttpOnly") && cookie.contains(&first));
    app.advance(300 * 24 * 60 * 60);
    besiege(&app, ADA, 10).await;
    assert_eq!(ada.log_in(ADA).await.location(), Some("/tfa"), "600 days after the first login");
}

#[tokio::test]
async fn a_restart_keeps_the_delay() {
    let app = guarded().await;
    app.registered(ADA).await;
    besiege(&app, ADA, 8).await;
    let router = app.restarted().await;
    let body = format!("email={ADA}&password=seven+lamps+over+the+gate&next=").replace('@', "%40");
    let request = Request::post("/fn/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(Body::from(body))
        .unwrap();
    let answer = Visitor::send_to(&router, request).await;
    assert_eq!(answer.problem(), Some(Problem::TooManyRequests { wait_s: 8 }));
}

#[tokio::test]
async fn a_clock_set_back_frees_nobody_and_locks_nobody_for_good() {
    let app = guarded().await;
    app.registered(ADA).await;
    besiege(&app, ADA, 16).await;
    for number in 0..10 {
        guess(&app, &format!("{number}@example.test"), "192.0.2.1").await;
    }
    app.advance(-30 * 24 * 60 * 60);
    assert!(is_throttled(&log_in(&app, ADA, "198.51.100.1").await));
    assert!(is_throttled(&guess(&app, NOBODY, "192.0.2.1").await));
    app.advance(15 * 60);
    assert_eq!(log_in(&app, ADA, "198.51.100.1").await.status, 200);
    assert!(!is_throttled(&guess(&app, NOBODY, "192.0.2.1").await));
}

#[tokio::test]
async fn refusals_are_written_down_once_in_a_while_and_not_each() {
    let app = guarded().await;
    app.registered(ADA).await;
    besiege(&app, ADA, 20).await;
    guess(&app, ADA, &address(0)).await;
    let told = times_told(&app, ADA).await;
    assert!(told > 0);
    for pause_s in [0, 899] {
        app.advance(pause_s);
        for number in 0..30 {
            assert!(is_throttled(&guess(&app, ADA, &address(number)).await));
        }
        assert_eq!(times_told(&app, ADA).await, told);
    }
    app.advance(1);
    for number in 0..30 {
        guess(&app, ADA, &address(number)).await;
    }
    assert_eq!(times_told(&app, ADA).await, told + 1);
}

#[tokio::test]
async fn whoever_names_another_address_is_not_believed() {
    let app = guarded().await;
    let spoofed = |number: usize| {
        let mut request = Request::post("/fn/login").header("accept", "application/json");
        for name in ["x-forwarded-for", "x-real-ip", "true-client-ip", "cf-connecting-ip"] {
            request = request.header(name, address(number));
        }
        let request = request
            .header("forwarded", format!("for={}", address(number)))
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(format!("email=a{number}%40example.test&password=wrong&next="))).unwrap()
    };
    let mut eve = Visitor::at(&app, "203.0.113.7");
    for number in 0..11 {
        assert_eq!(is_throttled(&eve.send(spoofed(number)).await), number == 10);
    }
    let behind = TestApp::with(&[ON, ("SEKISHO_TRUSTED_PROXIES", "203.0.113.0/24")]).await;
    let mut proxy = Visitor::at(&behind, "203.0.113.7");
    for number in 0..20 {
        assert!(!is_throttled(&proxy.send(spoofed(number)).await), "each client has a budget of its own");
    }
}

#[tokio::test]
async fn ten_wrong_codes_in_a_quarter_of_an_hour_are_the_most_over_all_logins() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    app.advance(60);
    let wrong = wrong_code(&phone.code(&app));
    for _ in 0..2 {
        ada.log_in(ADA).await;
        for _ in 0..5 {
            ada.post("/fn/tfa", &[("code", &wrong)]).await;
        }
    }
    ada.log_in(ADA).await;
    let refused = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (429, Some(Problem::TooManyCodes { wait_s: 900 })));
    let api = Client::new(&app).log_in_with(ADA, &phone.code(&app)).await;
    assert_eq!(api.said(), (429, json!("TOO_MANY_REQUESTS")));
    assert_eq!(times_told(&app, ADA).await, 1);
    assert_eq!(ada.clone().post("/fn/tfa", &[("code", &codes[0])]).await.location(), Some("/dashboard"));
    app.advance(900);
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
}

#[tokio::test]
async fn codes_asked_once_more_in_a_session_count_with_those_of_logins() {
    let app = guarded().await;
    let (ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let right = phone.code(&app);
    let cookie = Token::parse(&ada.cookies["__Host-session"]).unwrap();
    let session = sessions::current(&app.services, &cookie).await.unwrap().unwrap();
    let origin = Origin::of_the_server();
    let mut refusals = Vec::new();
    for number in 0..11 {
        let code = if number < 10 { wrong_code(&right) } else { right.clone() };
        let proof = sessions::Proof { password: PASSWORD.to_owned(), code };
        let refused = sessions::confirm(&app.services, &origin, &session, proof, "/security").await.err();
        refusals.push(refused.map(Failure::into_problem));
    }
    assert_eq!(refusals.pop(), Some(Some(Problem::TooManyCodes { wait_s: 900 })));
    assert!(refusals.iter().all(|refused| *refused == Some(Problem::WrongCode)), "{refusals:?}");
    assert_eq!(Client::new(&app).log_in_with(ADA, &right).await.said(), (429, json!("TOO_MANY_REQUESTS")));
}

#[tokio::test]
async fn after_100_wrong_codes_in_a_row_only_a_recovery_code_and_a_new_app_help() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    for number in 0..100 {
        if number % 5 == 0 {
            app.advance(450);
            ada.log_in(ADA).await;
        }
        let answer = ada.post("/fn/tfa", &[("code", &wrong_code(&phone.code(&app)))]).await;
        assert!(matches!(answer.status.as_u16(), 401 | 422), "{number} {}", answer.text);
    }
    app.advance(365 * 24 * 60 * 60);
    ada.log_in(ADA).await;
    let refused = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (429, Some(Problem::CodesOff)));
    assert_eq!(ada.post("/fn/tfa", &[("code", &codes[0])]).await.location(), Some("/totp-setup"));
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.location(), Some("/totp-setup"));
    let new = ada.read_key().await;
    assert_eq!(ada.post("/fn/totp-setup", &[("code", &new.code(&app))]).await.location(), Some("/recovery-codes"));
    app.advance(60);
    let mut again = Visitor::new(&app);
    again.log_in(ADA).await;
    assert_eq!(again.post("/fn/tfa", &[("code", &new.code(&app))]).await.location(), Some("/dashboard"));
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.problem(), Some(Problem::AlreadyEnrolled));
}

#[tokio::test]
async fn wrong_passwords_never_touch_the_second_factor() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    besiege(&app, ADA, 20).await;
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
}

fn wrong_code(right: &str) -> String {
    format!("{:06}", (right.parse::<u32>().unwrap() + 500_000) % 1_000_000)
}

#[tokio::test]
async fn mails_to_an_address_and_from_a_source_are_limited_and_the_answer_is_the_same() {
    let app = guarded().await;
    app.registered(ADA).await;
    let client = Client::new(&app);
    for (path, page) in [("/auth/forgot-password", "reset-password"), ("/auth/request-verify-token", "verify-email")] {
        for number in 0..6 {
            let answer = client.post(path, json!({ "email": ADA })).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (202, Value::Null), "{page} {number}");
        }
    }
    assert_eq!(app.mails(6).await.len(), 6, "three of each");
    let store = app.services.store.read();
    assert_eq!(store::count(store, "reset mails to").await.unwrap(), 1);
    let name = format!("reset mails to:{}", app.services.keys.limit_digest(ADA).unwrap());
    assert_eq!(store::find(store, &name).await.unwrap().unwrap().failures, 3, "the others were not even counted");
    for number in 0..10 {
        client.post("/auth/forgot-password", json!({ "email": format!("{number}@example.test") })).await;
    }
    assert_eq!(store::count(store, "reset mails to").await.unwrap(), 8, "a source that asked ten times counts nobody");
}

#[tokio::test]
async fn new_accounts_are_limited_per_source_and_in_all() {
    let limits = [("SEKISHO_REGISTRATIONS_PER_SOURCE", "2"), ("SEKISHO_REGISTRATIONS_PER_HOUR", "3")];
    let app = TestApp::with(&[&[ON], &limits[..]].concat()).await;
    let mut number = 0;
    let mut register = async |from: &str| {
        number += 1;
        let fields = [("email", format!("{number}@example.test")), ("password", PASSWORD.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        Visitor::at(&app, from).post("/fn/register", &fields).await
    };
    for _ in 0..2 {
        assert_eq!(register("192.0.2.1").await.status, 200);
    }
    let refused = register("192.0.2.1").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3600"));
    assert_eq!(refused.problem(), Some(Problem::TooManyAccounts { wait_s: 3600 }));
    assert_eq!(register("192.0.2.2").await.status, 200);
    assert_eq!(register("192.0.2.3").await.status, 429, "from everywhere");
    app.advance(3600);
    assert_eq!(register("192.0.2.1").await.status, 200);
}

#[tokio::test]
async fn beyond_100_000_sources_new_ones_share_one_counter_and_only_what_is_over_is_forgotten() {
    let app = guarded().await;
    let now = app.services.clock.now().seconds();
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO limits (name, kind, failures, until, told_until, forget_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
         SELECT 'source:' || i, 'source', 1, $1, 0, $1 FROM n",
    )
    .bind(now + 60)
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    for number in 0..11 {
        let answer = guess(&app, &format!("{number}@example.test"), &address(number)).await;
        assert_eq!(is_throttled(&answer), number == 10, "{number}");
    }
    let count = async || store::count(app.services.store.read(), "source").await.unwrap();
    assert!(!domain::sweep(&app.services).await.unwrap());
    assert_eq!(count().await, 100_001, "nothing was over");
    app.advance(60);
    assert!(domain::sweep(&app.services).await.unwrap(), "there is more");
    assert_eq!(count().await, 99_001);
}

#[tokio::test]
async fn a_plain_form_says_when_to_come_back_and_names_the_ways_out() {
    let app = guarded().await;
    let mut eve = Visitor::plain(&app);
    for _ in 0..6 {
        eve.post("/fn/login", &[("email", NOBODY), ("password", "wrong guess"), ("next", "")]).await;
    }
    let page = eve.get("/login").await.text;
    for words in ["Too many wrong passwords", "Try again in about 1 min", "device", "by mail"] {
        assert!(page.contains(words), "{words}");
    }
}
