//! Accounts that are guessed at, and owners who get in all the same.

use super::super::Visitor;
use super::super::rest::Client;
use super::{ADA, NOBODY, address, besiege, guarded, guess, is_throttled, log_in};
use crate::model::Problem;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

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
