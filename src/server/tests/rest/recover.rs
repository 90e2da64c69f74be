//! POST /auth/forgot-password, reset-password, request-verify-token, verify.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::{Client, PROFILES, app};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const ADA: &str = "ada@example.test";
const NEW: &str = "eight lanterns by the river";

async fn forgot(app: &TestApp, known: &[String]) -> String {
    let answer = Client::new(app).post("/auth/forgot-password", json!({ "email": ADA })).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (202, Value::Null));
    app.mailed_token("reset-password", known).await
}

#[tokio::test]
async fn asking_for_a_link_says_the_same_whoever_asks() {
    for profile in PROFILES {
        let app = app(profile).await;
        Client::registered(&app, ADA).await;
        let client = Client::new(&app);
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            for email in [ADA, "nobody@example.test"] {
                let answer = client.post(path, json!({ "email": email })).await;
                assert_eq!((answer.status.as_u16(), answer.text.as_str()), (202, "null"), "{path} {email}");
            }
            assert_eq!(client.post(path, json!({})).await.wrong(), [("missing".into(), "email".into())]);
            assert_eq!(
                client.post(path, json!({ "email": "x" })).await.wrong(),
                [("value_error".into(), "email".into())]
            );
        }
        app.mails(2).await;
    }
}

/// Whether there is an account is looked into by a job: the time of the answer cannot tell.
#[tokio::test]
async fn asking_for_a_link_writes_the_same_whoever_asks_and_once_for_each_mail() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    let count = async |what: &'static str| -> i64 {
        sqlx::query_scalar(what).fetch_one(app.services.store.read()).await.unwrap()
    };
    let client = Client::new(&app);
    for (nth, email) in [ADA, "nobody@example.test"].into_iter().enumerate() {
        let before = count("SELECT COUNT(*) FROM events").await;
        for path in ["/auth/forgot-password", "/auth/request-verify-token"] {
            assert_eq!(client.post(path, json!({ "email": email })).await.status, 202);
        }
        let asked = i64::try_from(nth).unwrap() * 2 + 2;
        assert_eq!(count("SELECT COUNT(*) FROM link_requests").await, asked, "{email}");
        assert_eq!(count("SELECT COUNT(*) FROM one_time_tokens").await, 0, "{email}");
        assert_eq!(count("SELECT COUNT(*) FROM outbox").await, 0, "{email}");
        assert_eq!(count("SELECT COUNT(*) FROM events").await, before, "{email}");
    }
    let other = app.another().await;
    let (here, there) = tokio::join!(
        crate::server::accounts::answer_requests(&app.services),
        crate::server::accounts::answer_requests(&other.services)
    );
    assert!(here.unwrap() + there.unwrap() >= 4);
    assert_eq!(count("SELECT COUNT(*) FROM link_requests").await, 0);
    assert_eq!(count("SELECT COUNT(*) FROM outbox").await, 2, "to the one who has an account");
}

#[tokio::test]
async fn a_request_that_cannot_be_answered_keeps_no_other_back() {
    let app = TestApp::new().await;
    for email in [ADA, "eve@example.test"] {
        Client::registered(&app, email).await;
        Client::new(&app).post("/auth/forgot-password", json!({ "email": email })).await;
        app.advance(1);
    }
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("UPDATE accounts SET email = 'damaged' WHERE email_key = $1")
        .bind(ADA)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(crate::server::accounts::answer_requests(&app.services).await.is_err());
    let left = sqlx::query_scalar::<_, String>("SELECT email_key FROM link_requests");
    assert_eq!(left.fetch_all(app.services.store.read()).await.unwrap(), [ADA]);
    let mails = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM outbox");
    assert_eq!(mails.fetch_one(app.services.store.read()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_reset_link_works_once_ends_every_session_and_leaves_the_second_factor() {
    let app = TestApp::new().await;
    let (ada, phone) = Client::enrolled(&app, ADA).await;
    let token = forgot(&app, &[]).await;
    let folder = app.folder.0.join("mail");
    for entry in std::fs::read_dir(&folder).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let reset = |token: &str, password: &str| json!({ "token": token, "password": password });
    let weak = ada.post("/auth/reset-password", reset(&token, "short")).await;
    assert_eq!(weak.json()["detail"]["code"], "RESET_PASSWORD_INVALID_PASSWORD", "and the token stays usable");
    let same = ada.post("/auth/reset-password", reset(&token, PASSWORD)).await;
    assert_eq!(same.json()["detail"]["code"], "RESET_PASSWORD_INVALID_PASSWORD");
    let sibling = forgot(&app, std::slice::from_ref(&token)).await;

    let done = ada.post("/auth/reset-password", reset(&token, NEW)).await;
    assert_eq!((done.status.as_u16(), done.text.as_str()), (200, "null"));
    assert_eq!(ada.get("/users/me").await.said(), (401, json!("Unauthorized")));
    for used in [&token, &sibling, &"x".repeat(43), &String::new()] {
        let answer = ada.post("/auth/reset-password", reset(used, "nine boats on the lake")).await;
        assert_eq!(answer.said(), (400, json!("RESET_PASSWORD_BAD_TOKEN")));
    }
    let mut client = Client::new(&app);
    assert_eq!(client.log_in(ADA).await.said(), (400, json!("LOGIN_BAD_CREDENTIALS")));
    client.token = client.form("/auth/jwt/login", &[("username", ADA), ("password", NEW)]).await.json()["access_token"]
        .as_str()
        .map(str::to_owned);
    assert_eq!(client.get("/users/me").await.said(), (403, json!("SECOND_FACTOR_REQUIRED")));
    app.advance(60);
    let body = json!({ "username": ADA, "password": NEW, "otp": phone.code(&app) });
    assert_eq!(client.post("/auth/login-tfa", body).await.status, 200);
}

#[tokio::test]
async fn a_reset_link_dies_after_an_hour_and_with_its_account() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    let token = forgot(&app, &[]).await;
    app.advance(3600);
    let body = json!({ "token": token, "password": NEW });
    assert_eq!(
        Client::new(&app).post("/auth/reset-password", body).await.said(),
        (400, json!("RESET_PASSWORD_BAD_TOKEN"))
    );
    let token = forgot(&app, &[token]).await;
    assert_eq!(app.mails(1).await.len(), 1, "the mail of a link that is over is gone");
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    let id = root.get("/users?email=ada@").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(root.patch(&format!("/users/{id}"), json!({ "is_active": false })).await.status, 200);
    let body = json!({ "token": token, "password": NEW });
    assert_eq!(
        Client::new(&app).post("/auth/reset-password", body).await.said(),
        (400, json!("RESET_PASSWORD_BAD_TOKEN"))
    );
}

#[tokio::test]
async fn three_reset_links_work_at_a_time_and_a_fourth_request_kills_none() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let token = forgot(&app, &tokens).await;
        tokens.push(token);
    }
    assert_eq!(Client::new(&app).post("/auth/forgot-password", json!({ "email": ADA })).await.status, 202);
    let body = json!({ "token": tokens[0], "password": NEW });
    assert_eq!(Client::new(&app).post("/auth/reset-password", body).await.status, 200);
}

#[tokio::test]
async fn a_link_confirms_the_address_once() {
    for profile in PROFILES {
        let app = app(profile).await;
        let client = Client::registered(&app, ADA).await;
        client.post("/auth/request-verify-token", json!({ "email": ADA })).await;
        let first = app.mailed_token("verify-email", &[]).await;
        client.post("/auth/request-verify-token", json!({ "email": ADA })).await;
        let second = app.mailed_token("verify-email", std::slice::from_ref(&first)).await;
        let user = client.post("/auth/verify", json!({ "token": first })).await;
        assert_eq!((user.status.as_u16(), &user.json()["is_verified"]), (200, &json!(true)));
        let again = client.post("/auth/verify", json!({ "token": first })).await;
        assert_eq!(again.said(), (400, json!("VERIFY_USER_BAD_TOKEN")));
        let sibling = client.post("/auth/verify", json!({ "token": second })).await;
        assert_eq!(sibling.said(), (400, json!("VERIFY_USER_ALREADY_VERIFIED")));
        assert_eq!(client.post("/auth/verify", json!({})).await.wrong(), [("missing".into(), "token".into())]);
    }
}

#[tokio::test]
async fn a_verification_link_dies_after_a_day_and_a_token_has_one_purpose() {
    let app = TestApp::new().await;
    let client = Client::registered(&app, ADA).await;
    client.post("/auth/request-verify-token", json!({ "email": ADA })).await;
    let verify = app.mailed_token("verify-email", &[]).await;
    let reset = forgot(&app, &[]).await;
    let crossed = client.post("/auth/verify", json!({ "token": reset })).await;
    assert_eq!(crossed.said(), (400, json!("VERIFY_USER_BAD_TOKEN")));
    let crossed = client.post("/auth/reset-password", json!({ "token": verify, "password": NEW })).await;
    assert_eq!(crossed.said(), (400, json!("RESET_PASSWORD_BAD_TOKEN")));
    for token in [&verify, &reset] {
        assert_eq!(Client::with(&app, token).get("/auth/check-totp").await.status, 401, "no bearer token");
    }
    app.advance(24 * 3600);
    let late = client.post("/auth/verify", json!({ "token": verify })).await;
    assert_eq!(late.said(), (400, json!("VERIFY_USER_BAD_TOKEN")));
}

#[tokio::test]
async fn of_50_parallel_uses_of_a_reset_link_one_succeeds() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    let token = forgot(&app, &[]).await;
    let mut uses = tokio::task::JoinSet::new();
    for number in 0..50 {
        let web = app.web.clone();
        let body = json!({ "token": token, "password": format!("{NEW} {number}") }).to_string();
        uses.spawn(async move {
            let request = axum::http::Request::post("/auth/reset-password").header("content-type", "application/json");
            let request = request.body(axum::body::Body::from(body)).unwrap();
            web.answer(None, request).await.status().as_u16()
        });
    }
    let statuses = uses.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 400, 503].contains(status)));
}
