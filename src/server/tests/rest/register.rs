//! POST /auth/register.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::{Client, PROFILES, app};
use serde_json::{Value, json};

const REGISTER: &str = "/auth/register";

#[tokio::test]
async fn a_new_account_is_told_of_in_five_fields_and_the_flags_are_ignored() {
    for profile in PROFILES {
        let app = app(profile).await;
        let body = json!({
            "email": " Ada@Example.TEST ", "password": PASSWORD,
            "is_active": false, "is_superuser": true, "is_verified": "yes", "id": "x", "unknown": [1],
            "superuser_at": 1, "verified_at": 1, "hashed_password": "x",
        });
        let answer = Client::new(&app).post(REGISTER, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let user = answer.json();
        let id = user["id"].as_str().unwrap();
        assert_eq!(uuid::Uuid::parse_str(id).unwrap().to_string(), id);
        let wanted = json!({
            "id": id, "email": "Ada@example.test", "is_active": true, "is_superuser": false, "is_verified": false,
        });
        assert_eq!(user, wanted);
    }
}

#[tokio::test]
async fn a_taken_address_is_told_after_the_password_was_judged() {
    for profile in PROFILES {
        let app = app(profile).await;
        let client = Client::registered(&app, "ada@example.test").await;
        let again = client.post(REGISTER, json!({ "email": "ADA@example.test", "password": PASSWORD })).await;
        assert_eq!(again.said(), (400, json!("REGISTER_USER_ALREADY_EXISTS")));
        let weak = client.post(REGISTER, json!({ "email": "ada@example.test", "password": "short" })).await;
        assert_eq!(weak.json()["detail"]["code"], "REGISTER_INVALID_PASSWORD");
    }
}

#[tokio::test]
async fn a_refused_password_has_a_reason() {
    let app = TestApp::new().await;
    let long = "x".repeat(257);
    for password in ["", "short", "password123", "ada@example.testada@example.test", "nul\0nul nul", &long] {
        let answer =
            Client::new(&app).post(REGISTER, json!({ "email": "ada@example.test", "password": password })).await;
        assert_eq!(answer.status, 400, "{password:.20}");
        let detail = &answer.json()["detail"];
        assert_eq!(detail["code"], "REGISTER_INVALID_PASSWORD");
        assert!(detail["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field_and_never_repeated() {
    let app = TestApp::new().await;
    let cases: [(Value, &[(&str, &str)]); 10] = [
        (json!({}), &[("missing", "email"), ("missing", "password")]),
        (json!({ "password": "canary" }), &[("missing", "email")]),
        (json!({ "email": "canary", "password": PASSWORD }), &[("value_error", "email")]),
        (json!({ "email": 5, "password": PASSWORD }), &[("string_type", "email")]),
        (json!({ "email": null, "password": null }), &[("string_type", "email"), ("string_type", "password")]),
        (json!({ "email": "a@b.test", "password": ["canary"] }), &[("string_type", "password")]),
        (json!({ "email": "a@b.test", "password": PASSWORD, "is_active": "canary" }), &[("bool_parsing", "is_active")]),
        (json!({ "email": "a@b.test", "password": PASSWORD, "is_superuser": 2 }), &[("bool_parsing", "is_superuser")]),
        (json!({ "email": "a@b.test", "password": PASSWORD, "is_verified": {} }), &[("bool_type", "is_verified")]),
        (json!({ "email": "Ada <a@b.test>", "password": PASSWORD }), &[("value_error", "email")]),
    ];
    for (body, wanted) in cases {
        let answer = Client::new(&app).post(REGISTER, body.clone()).await;
        let wanted: Vec<_> = wanted.iter().map(|(kind, place)| ((*kind).to_owned(), (*place).to_owned())).collect();
        assert_eq!(answer.wrong(), wanted, "{body}");
        assert!(!answer.text.contains("canary"));
    }
    let null_flags = json!({ "email": "a@b.test", "password": PASSWORD, "is_active": null, "is_superuser": 0 });
    assert_eq!(Client::new(&app).post(REGISTER, null_flags).await.status, 201);
}

#[tokio::test]
async fn special_use_domains_are_welcome_and_closed_means_closed() {
    let app = TestApp::new().await;
    for email in ["a@host.local", "a@b.invalid", "a@localhost"] {
        let answer = Client::new(&app).post(REGISTER, json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(answer.status, 201, "{email}");
    }
    let closed = TestApp::with(&[("SEKISHO_REGISTRATION", "closed")]).await;
    let answer = Client::new(&closed).post(REGISTER, json!({ "email": "a@b.test", "password": PASSWORD })).await;
    assert_eq!(answer.said(), (403, json!("REGISTRATION_CLOSED")));
}
