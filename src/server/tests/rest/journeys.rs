//! The walk of the demo's client, and of one written for fastapi-users.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::Client;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn the_demo_client_sets_up_its_second_factor_and_keeps_its_token() {
    let app = TestApp::new().await;
    let ada = Client::registered(&app, ADA).await;
    assert_eq!(ada.token.as_ref().unwrap().len(), 43, "a pending login has an opaque token");
    assert_eq!(ada.get("/auth/check-totp").await.json(), json!({ "totp_setup_required": true }));
    assert_eq!(ada.get("/users/me").await.said(), (403, json!("SECOND_FACTOR_REQUIRED")));

    let phone = ada.secret().await;
    assert_eq!(ada.secret().await.0, phone.0, "the same secret for 30 minutes");
    let wrong = ada.post("/auth/setup-totp", json!({ "otp": "12345" })).await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.json()),
        (200, json!({ "success": false, "detail": "Invalid TOTP code" }))
    );
    let answer = ada.post("/auth/setup-totp", json!({ "otp": phone.code(&app) })).await.json();
    assert_eq!((&answer["success"], answer["recovery_codes"].as_array().unwrap().len()), (&json!(true), 10));

    let me = ada.get("/users/me").await;
    assert_eq!(me.status, 200);
    assert_eq!(me.json()["email"], ADA);
    assert_eq!(ada.get("/auth/check-totp").await.json(), json!({ "totp_required": true }));
    assert_eq!(ada.get("/auth/totp-setup").await.said(), (403, json!("TOTP_ALREADY_ENROLLED")));
    let again = ada.post("/auth/setup-totp", json!({ "otp": phone.code(&app) })).await;
    assert_eq!(again.said(), (403, json!("TOTP_ALREADY_ENROLLED")));
    assert!(!me.text.contains(&phone.0) && !me.text.contains("hash"));
}

#[tokio::test]
async fn the_next_time_a_code_is_asked_and_its_token_is_an_access_token() {
    let app = TestApp::new().await;
    let (_, phone) = Client::enrolled(&app, ADA).await;
    app.advance(60);
    let mut ada = Client::new(&app);
    ada.log_in(ADA).await;
    assert_eq!(ada.get("/auth/check-totp").await.json(), json!({ "totp_required": true }));
    for path in ["/users/me", "/users"] {
        assert_eq!(ada.get(path).await.said(), (403, json!("SECOND_FACTOR_REQUIRED")), "{path}");
    }
    assert_eq!(ada.get("/auth/totp-setup").await.said(), (403, json!("TOTP_ALREADY_ENROLLED")));
    let pending = ada.clone();

    assert_eq!(ada.log_in_with(ADA, &phone.code(&app)).await.status, 200);
    assert_eq!(ada.token.as_ref().unwrap().split('.').count(), 3);
    let me = ada.get("/users/me").await.json();
    assert_eq!(
        (&me["is_active"], &me["is_superuser"], &me["is_verified"]),
        (&json!(true), &json!(false), &json!(false))
    );
    assert_eq!(ada.get("/auth/check-totp").await.json(), json!({ "totp_required": true }));
    assert_eq!(pending.post("/auth/jwt/logout", Value::Null).await.status, 204);
    assert_eq!(pending.get("/auth/check-totp").await.said(), (401, json!("Unauthorized")));
}

#[tokio::test]
async fn a_client_of_fastapi_users_knows_no_second_factor() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let mut ada = Client::registered(&app, ADA).await;
    assert_eq!(ada.get("/users/me").await.status, 200);
    assert_eq!(ada.get("/auth/check-totp").await.json(), json!({ "totp_required": false }));
    let phone = ada.set_up().await;
    assert_eq!(ada.get("/users/me").await.status, 200, "its session lives on");
    app.advance(60);
    ada.log_in(ADA).await;
    assert_eq!(ada.get("/users/me").await.said(), (403, json!("SECOND_FACTOR_REQUIRED")));
    ada.log_in_with(ADA, &phone.code(&app)).await;
    assert_eq!(ada.post("/auth/jwt/logout", Value::Null).await.status, 204);
    assert_eq!(ada.get("/users/me").await.said(), (401, json!("Unauthorized")));
}

#[tokio::test]
async fn setting_a_second_factor_up_in_a_session_asks_for_a_fresh_login() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let mut ada = Client::registered(&app, ADA).await;
    app.advance(301);
    assert_eq!(ada.get("/auth/totp-setup").await.said(), (403, json!("REAUTH_REQUIRED")));
    ada.log_in(ADA).await;
    ada.set_up().await;
}

#[tokio::test]
async fn an_account_made_by_api_logs_in_by_page_and_the_reverse() {
    let app = TestApp::new().await;
    let (_, phone) = Client::enrolled(&app, ADA).await;
    app.advance(60);
    let mut browser = super::super::Visitor::new(&app);
    assert_eq!(browser.log_in(ADA).await.location(), Some("/tfa"));
    let code = phone.code(&app);
    assert_eq!(browser.post("/fn/tfa", &[("code", &code)]).await.location(), Some("/dashboard"));
    let answer = Client::new(&app).log_in_with(ADA, &code).await;
    assert_eq!(answer.said(), (400, json!("Invalid OTP")), "a code counts once through every door");
    assert_ne!(PASSWORD, "");
}
