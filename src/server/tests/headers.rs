//! What every response carries.

use super::{TestApp, Visitor};
use axum::body::Body;
use axum::http::Request;
use std::collections::HashSet;

#[tokio::test]
async fn every_response_carries_the_security_headers() {
    let app = TestApp::new().await;
    let mut visitor = Visitor::new(&app);
    let mut answers = Vec::new();
    for path in ["/", "/login", "/nowhere", "/pkg/missing.js", "/healthz", "/robots.txt", "/recovery-codes.txt"] {
        answers.push((path, visitor.get(path).await));
    }
    answers.push(("POST", visitor.send(Request::post("/login").body(Body::empty()).unwrap()).await));
    answers.push((
        "403",
        visitor.send(Request::post("/fn/login").header("sec-fetch-site", "none").body(Body::empty()).unwrap()).await,
    ));
    for (path, answer) in answers {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        let is_public_file = path == "/robots.txt" && answer.status == 200;
        assert_eq!(answer.header("cache-control") == "no-store", !is_public_file, "{path}");
        assert!(answer.headers.get("server").is_none());
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}

#[tokio::test]
async fn each_page_has_a_nonce_of_its_own_and_nothing_else_holds_it() {
    let app = TestApp::new().await;
    let mut nonces = HashSet::new();
    for path in ["/login", "/register", "/login", "/nowhere"] {
        let page = Visitor::new(&app).get(path).await;
        let policy = page.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 22, "128 bits or more");
        let held = page.text.matches(&nonce).count();
        assert!(held > 0 && held == page.text.matches(&format!("nonce=\"{nonce}\"")).count(), "{path}");
        assert!(!policy.contains("unsafe-inline") && !page.text.contains("style=\""));
        assert!(nonces.insert(nonce));
    }
}

#[tokio::test]
async fn every_page_of_the_access_table_is_drawn_under_a_name_of_its_own() {
    use crate::components::page_title::page_title;
    use crate::model::{PageContext, access::PAGES};
    let title = |path: &str| page_title(&PageContext { path: path.to_owned(), ..PageContext::default() });
    let titles: HashSet<&str> = PAGES.iter().map(|(path, _)| title(path)).collect();
    // The start page only leads on.
    assert_eq!(titles.len(), PAGES.len());
    assert!(PAGES.iter().all(|(path, _)| *path == "/" || title(path) != title("/nowhere")));
}

#[tokio::test]
async fn only_built_files_are_served() {
    let app = TestApp::new().await;
    for path in [
        "/app.db",
        "/sekisho.db",
        "/.env",
        "/Cargo.toml",
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e%2fCargo.toml",
        "/pkg/",
        "/data/master.key",
    ] {
        let answer = Visitor::new(&app).get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_page_is_said_to_be_one_and_a_wrong_method_is_405() {
    let app = TestApp::new().await;
    let page = Visitor::new(&app).get("/nowhere").await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("There is no such page") && page.header("content-type").starts_with("text/html"));
    for method in ["PUT", "DELETE", "TRACE", "PATCH"] {
        let request = Request::builder()
            .method(method)
            .uri("/login")
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        assert_eq!(Visitor::new(&app).send(request).await.status, 405, "{method}");
    }
}
