//! Rows of "where we differ" that no other file shows.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::super::log::Log;
use super::{Client, PROFILES, app};
use serde_json::json;

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn a_pending_token_opens_the_second_factor_and_nothing_else() {
    for profile in PROFILES {
        let app = app(profile).await;
        let ada = Client::registered(&app, ADA).await;
        let owed = (403, json!("SECOND_FACTOR_REQUIRED"));
        for path in ["/users/me", "/users", "/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77"] {
            assert_eq!(ada.get(path).await.said(), owed, "{path}");
        }
        assert_eq!(ada.patch("/users/me", json!({ "password": "x" })).await.said(), owed);
        assert_eq!(ada.delete("/users/me").await.said(), owed);
        assert_eq!(ada.get("/auth/check-totp").await.status, 200);
        assert_eq!(ada.get("/auth/totp-setup").await.status, 200);
        app.advance(30 * 60);
        assert_eq!(ada.get("/auth/check-totp").await.status, 401, "30 minutes where a set-up is owed");
    }
}

#[tokio::test]
async fn a_pending_token_that_owes_a_code_lives_five_minutes() {
    let app = TestApp::new().await;
    Client::enrolled(&app, ADA).await;
    let mut ada = Client::new(&app);
    ada.log_in(ADA).await;
    assert_eq!(ada.get("/auth/check-totp").await.status, 200);
    app.advance(5 * 60);
    assert_eq!(ada.get("/auth/check-totp").await.status, 401);
}

#[tokio::test]
async fn a_raised_token_lives_as_long_as_an_access_token() {
    let app = TestApp::new().await;
    let (ada, _) = Client::enrolled(&app, ADA).await;
    app.advance(3599);
    assert_eq!(ada.get("/users/me").await.status, 200);
    app.advance(1);
    assert_eq!(ada.get("/users/me").await.status, 401);
}

#[tokio::test]
async fn no_cookie_is_ever_read() {
    let app = TestApp::new().await;
    let (mut browser, _) = app.enrolled(ADA).await;
    for path in ["/users/me", "/auth/check-totp", "/users"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (401, json!({ "detail": "Unauthorized" })), "{path}");
    }
}

#[tokio::test]
async fn fifty_sessions_are_kept_and_the_oldest_goes() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let first = Client::registered(&app, "long@example.test").await;
    let mut last = first.clone();
    for _ in 0..50 {
        app.advance(1);
        last.log_in("long@example.test").await;
    }
    assert_eq!(first.get("/users/me").await.status, 401);
    assert_eq!(last.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn nothing_secret_of_the_api_is_ever_logged() {
    let log = Log::capture();
    let app = TestApp::new().await;
    let mut ada = Client::registered(&app, ADA).await;
    let pending = ada.token.clone().unwrap();
    let phone = ada.secret().await;
    let enrolled = ada.post("/auth/setup-totp", json!({ "otp": phone.code(&app) })).await.json();
    let recovery = enrolled["recovery_codes"][0].as_str().unwrap().to_owned();
    ada.post("/auth/forgot-password", json!({ "email": ADA })).await;
    let reset = app.mailed_token("reset-password", &[]).await;
    ada.post("/auth/reset-password", json!({ "token": reset, "password": "canary" })).await;
    app.advance(60);
    let code = phone.code(&app);
    ada.log_in_with(ADA, &code).await;
    let access = ada.token.clone().unwrap();
    ada.log_in_with(ADA, &recovery).await;
    ada.get("/users/me?token=canary").await;
    Client::with(&app, "canary").get("/users/me").await;
    ada.form("/auth/jwt/login", &[("username", ADA), ("password", "canary wrong")]).await;
    let text = log.text();
    assert!(text.contains("logged_in") && text.contains("password_refused"), "{text:.2000}");
    for secret in [PASSWORD, ADA, "canary", &pending, &phone.0, &recovery, &reset, &access, &format!("\"{code}\"")] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
