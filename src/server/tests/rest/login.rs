//! POST /auth/jwt/login, /auth/jwt/logout, /auth/login-tfa.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::{Client, PROFILES, app};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const LOGIN: &str = "/auth/jwt/login";

#[tokio::test]
async fn a_login_is_a_form_of_either_kind_and_its_other_fields_are_ignored() {
    let app = TestApp::new().await;
    let ada = Client::registered(&app, ADA).await;
    let all = [
        ("grant_type", "password"),
        ("username", "ADA@example.TEST"),
        ("password", PASSWORD),
        ("scope", "everything"),
        ("client_id", "x"),
        ("client_secret", "y"),
    ];
    let answer = ada.form(LOGIN, &all).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["token_type"]), (200, &json!("bearer")));
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json().as_object().unwrap().len(), 2);
    let empty_grant = [("grant_type", ""), ("username", ADA), ("password", PASSWORD)];
    assert_eq!(ada.form(LOGIN, &empty_grant).await.status, 200);

    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let body = part("username", ADA) + &part("password", PASSWORD) + "--b--\r\n";
    let request = || Request::post(LOGIN).header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(ada.send(request(), Body::from(body)).await.status, 200);
    for broken in ["", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nx"] {
        assert!(ada.send(request(), Body::from(broken)).await.status.is_client_error());
    }
}

#[tokio::test]
async fn a_form_with_holes_is_422() {
    let app = TestApp::new().await;
    let client = Client::new(&app);
    let missing = |field: &str| ("missing".to_owned(), field.to_owned());
    assert_eq!(client.form(LOGIN, &[]).await.wrong(), [missing("username"), missing("password")]);
    assert_eq!(client.form(LOGIN, &[("username", ""), ("password", "x")]).await.wrong(), [missing("username")]);
    assert_eq!(client.form(LOGIN, &[("username", ADA), ("password", "")]).await.wrong(), [missing("password")]);
    let both = [missing("username"), missing("password")];
    assert_eq!(client.post(LOGIN, json!({ "username": ADA, "password": "x" })).await.wrong(), both);
    let grant = client.form(LOGIN, &[("grant_type", "code"), ("username", ADA), ("password", "x")]).await;
    assert_eq!(grant.wrong(), [("string_pattern_mismatch".into(), "grant_type".into())]);
    let doubled = client.form(LOGIN, &[("username", ADA), ("username", "eve@example.test"), ("password", "x")]).await;
    assert_eq!(doubled.wrong(), [("value_error".into(), "username".into())]);
    let many: Vec<_> = (0..40).map(|_| ("x", "y")).collect();
    assert_eq!(client.form(LOGIN, &many).await.status, 400);
}

#[tokio::test]
async fn unknown_wrong_and_disabled_are_refused_alike() {
    for profile in PROFILES {
        let app = app(profile).await;
        Client::registered(&app, ADA).await;
        let (root, _) = Client::superuser(&app, "root@example.test").await;
        let bob = Client::registered(&app, "bob@example.test").await;
        let id = root.get("/users?email=bob@").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(root.patch(&format!("/users/{id}"), json!({ "is_active": false })).await.status, 200);
        assert_eq!(bob.get("/auth/check-totp").await.said(), (401, json!("Unauthorized")));
        let mut answers = Vec::new();
        for (username, password) in [
            ("nobody@example.test", PASSWORD),
            (ADA, "wrong"),
            ("bob@example.test", PASSWORD),
            ("no address", "x"),
            (ADA, "\u{1}"),
        ] {
            let answer = bob.form(LOGIN, &[("username", username), ("password", password)]).await;
            assert_eq!(answer.said(), (400, json!("LOGIN_BAD_CREDENTIALS")), "{username}");
            let names: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
            answers.push((answer.text, names));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "not a byte tells them apart");
    }
}

#[tokio::test]
async fn an_unverified_address_is_told_only_to_clients_of_fastapi_users() {
    for (profile, code) in [("strict", "LOGIN_BAD_CREDENTIALS"), ("fastapi_users", "LOGIN_USER_NOT_VERIFIED")] {
        let settings = [("SEKISHO_API_COMPAT", profile), ("SEKISHO_EMAIL_VERIFICATION", "required")];
        let app = TestApp::with(&settings).await;
        let mut ada = Client::new(&app);
        ada.post("/auth/register", json!({ "email": ADA, "password": PASSWORD })).await;
        assert_eq!(ada.log_in(ADA).await.said(), (400, json!(code)));
        let wrong = ada.form(LOGIN, &[("username", ADA), ("password", "wrong")]).await;
        assert_eq!(wrong.said(), (400, json!("LOGIN_BAD_CREDENTIALS")));
        let page = super::super::Visitor::new(&app).log_in(ADA).await;
        assert_eq!(page.problem(), Some(crate::model::Problem::BadCredentials), "pages tell nothing");
        let token = app.mailed_token("verify-email", &[]).await;
        assert_eq!(ada.post("/auth/verify", json!({ "token": token })).await.status, 200);
        assert_eq!(ada.log_in(ADA).await.status, 200);
    }
}

#[tokio::test]
async fn logging_out_kills_the_token_at_once() {
    let app = TestApp::new().await;
    let (ada, phone) = Client::enrolled(&app, ADA).await;
    app.advance(60);
    let mut other = Client::new(&app);
    other.log_in_with(ADA, &phone.code(&app)).await;
    for client in [&ada, &other] {
        let answer = client.post("/auth/jwt/logout", Value::Null).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        assert_eq!(client.get("/users/me").await.said(), (401, json!("Unauthorized")));
        let again = client.post("/auth/jwt/logout", Value::Null).await;
        assert_eq!(again.said(), (401, json!("Unauthorized")));
        assert!(!again.headers.contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn a_login_with_a_code_takes_each_code_once_and_a_recovery_code_too() {
    let app = TestApp::new().await;
    let mut ada = Client::registered(&app, ADA).await;
    let phone = ada.secret().await;
    let enrolled = ada.post("/auth/setup-totp", json!({ "otp": phone.code(&app) })).await.json();
    let recovery = enrolled["recovery_codes"][0].as_str().unwrap().to_owned();
    let bad_code = (400, json!("Invalid OTP"));
    assert_eq!(ada.log_in_with(ADA, &phone.code(&app)).await.said(), bad_code, "the code that enrolled is spent");
    app.advance(60);
    let code = phone.code(&app);
    let (first, second) = code.split_at(3);
    assert_eq!(ada.log_in_with(ADA, &format!("{first} {second}")).await.status, 200, "spaces are ignored");
    assert_eq!(ada.log_in_with(ADA, &code).await.said(), bad_code);
    assert_eq!(ada.log_in_with(ADA, &recovery).await.status, 200);
    assert_eq!(ada.log_in_with(ADA, &recovery).await.said(), bad_code);
    for otp in ["", "000", "１２３４５６", "abcdef", "\0", &"9".repeat(5000)] {
        assert_eq!(ada.log_in_with(ADA, otp).await.said(), bad_code, "{otp:.9}");
    }
}

#[tokio::test]
async fn a_login_with_a_code_answers_like_the_demo_but_never_500() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    let client = Client::new(&app);
    let log_in =
        |username: &str, password: &str| json!({ "username": username, "password": password, "otp": "123456" });
    let unknown = client.post("/auth/login-tfa", log_in("nobody@example.test", PASSWORD)).await;
    assert_eq!(unknown.said(), (400, json!("Invalid username or password")));
    let wrong = client.post("/auth/login-tfa", log_in(ADA, "wrong")).await;
    assert_eq!((wrong.said(), wrong.text), (unknown.said(), unknown.text));
    let without_secret = client.post("/auth/login-tfa", log_in(ADA, PASSWORD)).await;
    assert_eq!(without_secret.said(), (400, json!("Invalid OTP")));
    let number = client.post("/auth/login-tfa", json!({ "username": ADA, "password": PASSWORD, "otp": 123456 })).await;
    assert_eq!(number.wrong(), [("string_type".into(), "otp".into())]);
    let holes = client.post("/auth/login-tfa", json!({})).await.wrong();
    assert_eq!(holes, ["username", "password", "otp"].map(|field| ("missing".to_owned(), field.to_owned())));
}
