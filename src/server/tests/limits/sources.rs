//! Where guesses come from, and how many each source has.

use super::super::app::PASSWORD;
use super::super::rest::Client;
use super::super::{TestApp, Visitor};
use super::{ADA, NOBODY, ON, address, besiege, guarded, guess, is_throttled, log_in, on_each_database, times_told};
use crate::model::Problem;
use crate::server::limits as domain;
use crate::server::store::limits as store;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::json;
use std::net::{IpAddr, SocketAddr};

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
