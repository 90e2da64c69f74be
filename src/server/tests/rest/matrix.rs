//! Who may call what: every route and method, by role, with an empty object as body.

use super::super::TestApp;
use super::Client;
use crate::server::rest::ROUTES;
use serde_json::json;
use std::collections::BTreeSet;

/// Anonymous, pending (owes a set-up), full session, superuser.
pub const MATRIX: [(&str, &str, [u16; 4]); 26] = [
    ("POST", "/auth/jwt/login", [422, 422, 422, 422]),
    ("POST", "/auth/register", [422, 422, 422, 422]),
    ("POST", "/auth/forgot-password", [422, 422, 422, 422]),
    ("POST", "/auth/reset-password", [422, 422, 422, 422]),
    ("POST", "/auth/request-verify-token", [422, 422, 422, 422]),
    ("POST", "/auth/verify", [422, 422, 422, 422]),
    ("POST", "/auth/login-tfa", [422, 422, 422, 422]),
    ("GET", "/auth/check-totp", [401, 200, 200, 200]),
    ("GET", "/auth/totp-setup", [401, 200, 403, 403]),
    ("POST", "/auth/setup-totp", [401, 422, 422, 422]),
    ("GET", "/users", [401, 403, 403, 200]),
    ("GET", "/users/me", [401, 403, 200, 200]),
    ("PATCH", "/users/me", [401, 403, 200, 200]),
    ("DELETE", "/users/me", [401, 403, 403, 404]),
    ("GET", "/users/{id}", [401, 403, 403, 404]),
    ("PATCH", "/users/{id}", [401, 403, 403, 404]),
    ("DELETE", "/users/{id}", [401, 403, 403, 404]),
    ("GET", "/.well-known/jwks.json", [200, 200, 200, 200]),
    ("GET", "/.well-known/change-password", [302, 302, 302, 302]),
    ("GET", "/readyz", [200, 200, 200, 200]),
    ("GET", "/openapi.json", [200, 200, 200, 200]),
    ("GET", "/docs", [200, 200, 200, 200]),
    ("GET", "/redoc", [307, 307, 307, 307]),
    ("GET", "/docs/explorer.js", [200, 200, 200, 200]),
    ("GET", "/docs/explorer.css", [200, 200, 200, 200]),
    // Last: it ends the sessions.
    ("POST", "/auth/jwt/logout", [401, 204, 204, 204]),
];

#[tokio::test]
async fn every_route_answers_every_role_as_written_here() {
    let app = TestApp::new().await;
    let pending = Client::registered(&app, "bob@example.test").await;
    let (ada, _) = Client::enrolled(&app, "ada@example.test").await;
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    Client::superuser(&app, "second@example.test").await;
    let roles = [Client::new(&app), pending, ada, root];
    for (method, path, wanted) in MATRIX {
        let path = path.replace("{id}", "6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77");
        for (client, wanted) in roles.iter().zip(wanted) {
            let answer = client.send_json(method, &path, "{}").await;
            assert_eq!(answer.status, wanted, "{method} {path} {}", answer.text);
        }
    }
    let written: BTreeSet<_> = MATRIX.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let served = ROUTES.iter().flat_map(|(path, methods)| methods.split(", ").map(move |m| format!("{m} {path}")));
    assert_eq!(written, served.collect());
}

#[tokio::test]
async fn whom_a_request_concerns_is_never_read_from_its_body() {
    let app = TestApp::new().await;
    let (root, _) = Client::superuser(&app, "root@example.test").await;
    let (ada, _) = Client::enrolled(&app, "ada@example.test").await;
    let id = root.get("/users/me").await.json()["id"].clone();
    let before = root.get("/users").await.text;
    let body =
        json!({ "id": id, "user_id": id, "sub": id, "account_id": id, "is_superuser": true, "is_verified": true });
    assert_eq!(ada.patch("/users/me", body.clone()).await.status, 200);
    assert_eq!(ada.patch(&format!("/users/me?user_id={}", id.as_str().unwrap()), body).await.status, 200);
    assert_eq!(root.get("/users").await.text, before);
}
