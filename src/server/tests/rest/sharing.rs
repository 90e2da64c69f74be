//! Other sites, methods, and paths that are none.

use super::super::TestApp;
use super::Client;
use crate::server::rest::ROUTES;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;

const APP: &str = "https://app.example.org";

#[tokio::test]
async fn another_site_may_change_nothing_unless_it_is_listed() {
    let app = TestApp::with(&[("SEKISHO_CORS_ORIGINS", "https://app.example.org, http://localhost:5173")]).await;
    let register = |origin: Option<&str>| {
        let request = Request::post("/auth/register").header("content-type", "application/json");
        let request = request.header("sec-fetch-site", "cross-site").header("cookie", "__Host-session=x");
        match origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    };
    for origin in [
        "https://evil.test",
        "null",
        "https://app.example.org.evil.test",
        "http://app.example.org",
        "https://app.example.org:444",
    ] {
        let answer = Client::new(&app).send(register(Some(origin)), Body::from("{}")).await;
        assert_eq!(answer.said(), (403, json!("Forbidden")), "{origin}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert_eq!(answer.header("vary"), "Origin");
    }
    for origin in [Some(APP), Some("http://localhost:5173"), Some("http://127.0.0.1:3000"), None] {
        let answer = Client::new(&app).send(register(origin), Body::from("{}")).await;
        assert_eq!(answer.status, 422, "{origin:?}");
        let shared = origin.filter(|origin| !origin.contains(":3000")).unwrap_or_default();
        assert_eq!(answer.header("access-control-allow-origin"), shared);
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn a_preflight_is_answered_to_listed_origins_only() {
    let app = TestApp::with(&[("SEKISHO_CORS_ORIGINS", APP)]).await;
    let preflight = |origin: &str, path: &str| {
        Request::options(path).header("origin", origin).header("access-control-request-method", "PATCH")
    };
    let answer = Client::new(&app).send(preflight(APP, "/users/me"), Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, APP));
    assert_eq!(answer.header("access-control-allow-methods"), "GET, PATCH, DELETE");
    assert_eq!(answer.header("access-control-allow-headers"), "authorization, content-type");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let foreign = Client::new(&app).send(preflight("https://evil.test", "/users/me"), Body::empty()).await;
    assert_eq!(foreign.status, 405);
    assert!(!foreign.headers.contains_key("access-control-allow-origin"));
    let pages = Client::new(&app).send(preflight(APP, "/dashboard"), Body::empty()).await;
    assert!(!pages.headers.contains_key("access-control-allow-origin"), "pages are shared with nobody");
    let closed = TestApp::new().await;
    let answer = Client::new(&closed).send(preflight(APP, "/users/me"), Body::empty()).await;
    assert_eq!(answer.status, 405);
    assert!(!answer.headers.contains_key("access-control-allow-origin") && !answer.headers.contains_key("vary"));
}

#[tokio::test]
async fn other_methods_are_405_and_say_which_there_are() {
    let app = TestApp::new().await;
    for (path, allowed) in ROUTES {
        let path = path.replace("{id}", "6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77");
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            if allowed.split(", ").any(|known| known == method) {
                continue;
            }
            let answer = Client::new(&app).send(Request::builder().method(method).uri(&path), Body::empty()).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{method} {path}");

            if method != "HEAD" {
                assert_eq!(answer.json(), json!({ "detail": "Method Not Allowed" }));
            }
        }
    }
}

#[tokio::test]
async fn a_slash_too_many_leads_back_and_other_paths_are_404() {
    let app = TestApp::new().await;
    for (path, wanted) in [
        ("/auth/jwt/login/", "/auth/jwt/login"),
        ("/users/", "/users"),
        ("/users/me/?x=1", "/users/me?x=1"),
        ("/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77/", "/users/6f0a51a4-3f4e-4a0e-9f0c-0d6b5c1f2a77"),
    ] {
        let answer = Client::new(&app).get(path).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (307, Some(wanted)), "{path}");
    }
    for path in
        ["/auth", "/auth/", "/auth/x", "/auth/x/", "/auth/jwt", "/users/me/x", "/users/1/2/3", "/auth//jwt/login"]
    {
        assert_eq!(Client::new(&app).get(path).await.said(), (404, json!("Not Found")), "{path}");
    }
    let sneaky = Client::new(&app).get("/users//evil.test/").await;
    assert!(sneaky.location().is_none_or(|location| location.starts_with("/users/")));
}

#[tokio::test]
async fn every_answer_is_json_under_the_strictest_policy() {
    let app = TestApp::new().await;
    for path in ["/users/me", "/auth/nowhere", "/auth/jwt/login", "/.well-known/jwks.json"] {
        let answer = Client::new(&app).get(path).await;
        assert_eq!(answer.header("content-type"), "application/json; charset=utf-8", "{path}");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'; sandbox");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn health_is_told_and_the_password_page_found() {
    let app = TestApp::new().await;
    let client = Client::new(&app);
    assert_eq!(client.get("/healthz").await.status, 200);
    assert_eq!(client.get("/readyz").await.status, 200);
    let page = client.get("/.well-known/change-password").await;
    assert_eq!((page.status.as_u16(), page.location()), (302, Some("/security/password")));
    // Not the one that was just found ready: that holds for a second.
    let app = app.another().await;
    let client = Client::new(&app);
    app.services.store.close().await;
    assert_eq!(client.get("/readyz").await.status, 503);
    assert_eq!(client.get("/healthz").await.status, 200);
    let broken = Client::with(&app, &"A".repeat(43)).get("/users/me").await;
    assert_eq!(broken.said(), (503, json!("Service Unavailable")));
    assert_eq!(broken.header("retry-after"), "5");
}
