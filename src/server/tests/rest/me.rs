//! GET and PATCH /users/me.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::{Client, PROFILES, app};
use serde_json::json;

const ADA: &str = "ada@example.test";
const NEW: &str = "eight lanterns by the river";
const ME: &str = "/users/me";

#[tokio::test]
async fn nothing_changes_by_an_empty_body_or_by_flags() {
    for profile in PROFILES {
        let app = app(profile).await;
        let (ada, _) = Client::enrolled(&app, ADA).await;
        app.advance(600);
        let before = ada.get(ME).await.json();
        for body in [
            json!({}),
            json!({ "password": null }),
            json!({ "is_active": false, "is_superuser": true, "is_verified": true, "id": "x", "totp_secret": "x" }),
            json!({ "is_active": null, "email": ADA }),
        ] {
            let answer = ada.patch(ME, body.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (200, before.clone()), "{body}");
        }
        assert_eq!(ada.patch(ME, json!({ "email": null })).await.wrong(), [("string_type".into(), "email".into())]);
        let wrong = ada.patch(ME, json!({ "is_active": "maybe", "email": "x", "password": 1 })).await.wrong();
        let wanted = [("string_type", "password"), ("value_error", "email"), ("bool_parsing", "is_active")];
        assert_eq!(wrong, wanted.map(|(kind, place)| (kind.to_owned(), place.to_owned())));
    }
}

#[tokio::test]
async fn a_new_password_asks_for_the_present_one_or_a_fresh_login_and_ends_other_sessions() {
    let app = TestApp::new().await;
    let (ada, phone) = Client::enrolled(&app, ADA).await;
    app.advance(60);
    let mut other = Client::new(&app);
    other.log_in_with(ADA, &phone.code(&app)).await;
    app.advance(300);
    let reauth = (403, json!("REAUTH_REQUIRED"));
    assert_eq!(ada.patch(ME, json!({ "password": NEW })).await.said(), reauth);
    assert_eq!(ada.patch(ME, json!({ "password": NEW, "current_password": "wrong" })).await.said(), reauth);
    for (password, current) in [("short", PASSWORD), (PASSWORD, PASSWORD)] {
        let answer = ada.patch(ME, json!({ "password": password, "current_password": current })).await;
        assert_eq!(answer.json()["detail"]["code"], "UPDATE_USER_INVALID_PASSWORD", "{password}");
    }
    assert_eq!(ada.patch(ME, json!({ "password": NEW, "current_password": PASSWORD })).await.status, 200);
    assert_eq!(ada.get(ME).await.status, 200, "the calling token lives");
    assert_eq!(other.get(ME).await.said(), (401, json!("Unauthorized")), "all others die");
    assert!(app.mails(1).await.iter().any(|mail| mail.contains("Your password was changed")));
    assert_eq!(ada.clone().log_in(ADA).await.status, 400);
}

#[tokio::test]
async fn a_new_address_waits_for_its_confirmation() {
    let app = TestApp::new().await;
    let (ada, _) = Client::enrolled(&app, ADA).await;
    Client::registered(&app, "bob@example.test").await;
    let taken = ada.patch(ME, json!({ "email": "BOB@example.test" })).await;
    assert_eq!(taken.said(), (400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")));
    let answer = ada.patch(ME, json!({ "email": "lovelace@example.test" })).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["email"]), (200, &json!(ADA)), "the old one until then");
    let first = app.mailed_token("verify-email", &[]).await;
    ada.patch(ME, json!({ "email": "countess@example.test" })).await;
    let asked = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM events WHERE kind = 'email_change_asked'");
    assert_eq!(asked.fetch_one(app.services.store.read()).await.unwrap(), 2, "the history tells of each");
    let second = app.mailed_token("verify-email", std::slice::from_ref(&first)).await;
    let dead = ada.post("/auth/verify", json!({ "token": first })).await;
    assert_eq!(dead.said(), (400, json!("VERIFY_USER_BAD_TOKEN")), "a second request takes the place of the first");
    let user = ada.post("/auth/verify", json!({ "token": second })).await.json();
    assert_eq!((&user["email"], &user["is_verified"]), (&json!("countess@example.test"), &json!(true)));
    assert_eq!(ada.get(ME).await.json()["email"], "countess@example.test");
    assert!(app.mails(3).await.iter().any(|mail| mail.contains(&format!("To: <{ADA}>"))), "the old one is told");
}

#[tokio::test]
async fn for_clients_of_fastapi_users_a_new_address_counts_at_once_unverified() {
    let app = app("fastapi_users").await;
    let (ada, _) = Client::enrolled(&app, ADA).await;
    ada.post("/auth/request-verify-token", json!({ "email": ADA })).await;
    let token = app.mailed_token("verify-email", &[]).await;
    assert_eq!(ada.post("/auth/verify", json!({ "token": token })).await.status, 200);
    let user = ada.patch(ME, json!({ "email": "lovelace@example.test" })).await.json();
    assert_eq!((&user["email"], &user["is_verified"]), (&json!("lovelace@example.test"), &json!(false)));
    assert!(app.mails(2).await.iter().any(|mail| mail.contains(&format!("To: <{ADA}>"))), "the old one is told");
    Client::registered(&app, "bob@example.test").await;
    let taken = ada.patch(ME, json!({ "email": "bob@example.test" })).await;
    assert_eq!(taken.said(), (400, json!("UPDATE_USER_EMAIL_ALREADY_EXISTS")));
}

#[tokio::test]
async fn where_verification_is_required_an_unverified_session_is_403() {
    let settings = [("SEKISHO_API_COMPAT", "fastapi_users"), ("SEKISHO_EMAIL_VERIFICATION", "required")];
    let app = TestApp::with(&settings).await;
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    assert_eq!(root.patch(ME, json!({ "email": "other@example.test" })).await.json()["is_verified"], false);
    for path in [ME, "/users"] {
        assert_eq!(root.get(path).await.said(), (403, json!("Forbidden")), "{path}");
    }
    assert_eq!(root.post("/auth/jwt/logout", json!({})).await.said(), (403, json!("Forbidden")));
}
