//! Bad input: a clear 4xx in the contract's shape, and nothing changed.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::Client;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const BODIES: [(&str, &str); 9] = [
    ("POST", "/auth/register"),
    ("POST", "/auth/forgot-password"),
    ("POST", "/auth/reset-password"),
    ("POST", "/auth/request-verify-token"),
    ("POST", "/auth/verify"),
    ("POST", "/auth/login-tfa"),
    ("POST", "/auth/setup-totp"),
    ("PATCH", "/users/me"),
    ("PATCH", "/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77"),
];

#[tokio::test]
async fn malformed_json_is_422_before_anything_else() {
    let app = TestApp::new().await;
    let deep = "[".repeat(5000);
    let broken = [
        "{",
        "nonsense",
        "{\"email\":}",
        "{\"a\":1,}",
        "{\"a\":\"\\ud800\"}",
        "NaN",
        "{\"a\":1}{}",
        "\u{feff}{}",
        &deep,
    ];
    for (method, path) in BODIES {
        for body in broken {
            let answer = Client::new(&app).send_json(method, path, body).await;
            assert_eq!(answer.wrong()[0].0, "json_invalid", "{method} {path} {body:.20}");
            assert!(answer.json()["detail"][0]["loc"][1].is_u64());
        }
        let doubled =
            Client::new(&app).send_json(method, path, "{\"email\":\"a@b.test\",\"email\":\"c@d.test\"}").await;
        assert_eq!(doubled.wrong()[0].0, "json_invalid", "{method} {path}");
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let answer = Client::new(&app).send(request, Body::from(vec![b'{', b'"', 0xff, 0xfe, b'"', b'}'])).await;
        assert_eq!(answer.status, 422);
    }
    let syntax = Client::new(&app).send_json("POST", "/auth/register", "{\n \"email\": x}").await.json();
    assert_eq!(syntax["detail"][0]["loc"], json!(["body", 12]));
    let letters = Client::new(&app).send_json("POST", "/auth/register", "{\"関所\": x}").await.json();
    assert_eq!(letters["detail"][0]["loc"], json!(["body", 7]), "letters are counted, not bytes");
}

#[tokio::test]
async fn a_body_that_is_no_object_is_422_after_who_asks() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    let id = root.get("/users/me").await.json()["id"].as_str().unwrap().to_owned();
    let own = format!("/users/{id}");
    let bodies =
        BODIES.iter().map(|(method, path)| (*method, if path.contains("6f0a") { own.as_str() } else { *path }));
    for (method, path) in bodies.filter(|(_, path)| *path != "/auth/setup-totp") {
        for body in ["[]", "1", "\"x\"", "true"] {
            let answer = root.send_json(method, path, body).await;
            assert_eq!(answer.wrong(), [("model_attributes_type".into(), "body".into())], "{path} {body}");
        }
        for body in ["", "null"] {
            let answer = root.send_json(method, path, body).await;
            assert_eq!(answer.wrong(), [("missing".into(), "body".into())], "{path} {body}");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "",
            "application/jsonp",
        ] {
            let request = Request::builder().method(method).uri(path).header("content-type", kind);
            let answer = root.send(request, Body::from("{\"email\":\"a@b.test\"}")).await;
            assert_eq!(answer.wrong(), [("model_attributes_type".into(), "body".into())], "{path} {kind}");
        }
    }
    for path in ["/auth/setup-totp", "/users/me"] {
        let method = if path == "/users/me" { "PATCH" } else { "POST" };
        assert_eq!(Client::new(&app).send_json(method, path, "[]").await.said(), (401, json!("Unauthorized")));
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"] {
        let request = Request::patch("/users/me").header("content-type", kind);
        assert_eq!(root.send(request, Body::from("{}")).await.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_413() {
    let app = TestApp::new().await;
    let large = json!({ "email": "a".repeat(1 << 20), "password": PASSWORD }).to_string();
    for (method, path) in BODIES.iter().chain(&[("POST", "/auth/jwt/login"), ("POST", "/auth/jwt/logout")]) {
        let answer = Client::new(&app).send_json(method, path, &large).await;
        assert_eq!(answer.status, 413, "{path}");
        assert!(answer.json()["detail"].is_string());
    }
}

#[tokio::test]
async fn garbage_in_every_field_is_never_500_and_never_repeated() {
    let app = TestApp::new().await;
    let pending = Client::registered(&app, "bob@example.test").await;
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    let before = root.get("/users").await.text;
    let long = "canary".repeat(9000);
    let values = [
        json!("canary\0"),
        json!("🏯canary"),
        json!(long),
        json!(-1),
        json!(1e308),
        json!([["canary"]]),
        json!({ "canary": {} }),
        json!("'; DROP TABLE accounts; --canary"),
        json!("canary\r\nBcc: x@y.test"),
        json!("\u{202e}canary"),
        json!("%s%n{}canary"),
    ];
    for value in &values {
        for (method, path) in BODIES {
            let mut body = json!({});
            for field in
                ["email", "username", "password", "current_password", "token", "otp", "is_active", "is_superuser"]
            {
                body[field] = value.clone();
            }
            for client in [&Client::new(&app), &pending, &root] {
                let answer = client.send_json(method, path, &body.to_string()).await;
                assert!(!answer.status.is_server_error(), "{path} {}", answer.text);
                assert!(!answer.text.contains("canary"), "{path}");
                assert!(
                    answer.json()["detail"].is_string()
                        || answer.json()["detail"].is_array()
                        || path == "/auth/setup-totp"
                        || answer.json()["detail"]["code"].is_string()
                );
            }
        }
    }
    assert_eq!(root.get("/users").await.text, before, "nothing changed");
}
