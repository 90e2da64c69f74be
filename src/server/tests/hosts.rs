//! Which names we answer to, and that no other reaches a link.

use super::rest::Client;
use super::{TestApp, Visitor};
use axum::body::Body;
use axum::http::{Request, request::Builder};
use serde_json::json;

const ADA: &str = "ada@example.test";
const PUBLIC: (&str, &str) = ("SEKISHO_PUBLIC_URL", "https://login.acme.test");

async fn status(app: &TestApp, request: Builder) -> u16 {
    Visitor::new(app).send(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

#[tokio::test]
async fn whoever_asks_for_another_host_is_sent_away_with_421() {
    let app = TestApp::with(&[PUBLIC, ("SEKISHO_THROTTLE", "on")]).await;
    for host in ["login.acme.test", "LOGIN.acme.test", "login.acme.test:443"] {
        assert_eq!(status(&app, Request::get("/login").header("host", host)).await, 200, "{host}");
    }
    let others = [
        "evil.test",
        "login.acme.test.evil.test",
        "login.acme.test:8443",
        "localhost",
        "127.0.0.1:3000",
        "",
        "a@login.acme.test",
        "login.acme.test, evil.test",
    ];
    for host in others {
        for path in ["/login", "/dashboard", "/nowhere", "/users/me", "/openapi.json", "/robots.txt"] {
            assert_eq!(status(&app, Request::get(path).header("host", host)).await, 421, "{host} {path}");
        }
        for path in ["/fn/login", "/auth/jwt/login"] {
            assert_eq!(status(&app, Request::post(path).header("host", host)).await, 421, "{host} {path}");
        }
        for path in ["/healthz", "/readyz"] {
            assert_eq!(status(&app, Request::get(path).header("host", host)).await, 200, "{host} {path}");
        }
    }
    let doubled = Request::get("/login").header("host", "login.acme.test").header("host", "evil.test");
    assert_eq!(status(&app, doubled).await, 421);
    let api = Client::new(&app).send(Request::get("/users/me").header("host", "evil.test"), Body::empty()).await;
    assert_eq!(api.said(), (421, json!("Misdirected Request")));
}

#[tokio::test]
async fn another_name_of_this_machine_leads_to_the_one_that_is_served() {
    let app = TestApp::new().await;
    for host in ["localhost:3000", "localhost", "sekisho.localhost:8080", "127.0.0.2:3000", "[::1]:3000"] {
        let request = Request::get("/login?next=%2Frecovery-codes").header("host", host);
        let answer = Visitor::new(&app).send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 307, "{host}");
        assert_eq!(answer.location(), Some("http://127.0.0.1:3000/login?next=%2Frecovery-codes"));
        assert_eq!(status(&app, Request::post("/fn/logout").header("host", host)).await, 421, "{host}");
    }
    assert_eq!(status(&app, Request::get("/login").header("host", "192.0.2.1:3000")).await, 421);
    assert_eq!(status(&app, Request::get("/login").header("host", "127.0.0.1:3000")).await, 200);
}

#[tokio::test]
async fn no_header_and_no_target_puts_another_host_into_a_mail_or_a_redirect() {
    let app = TestApp::new().await;
    Client::registered(&app, ADA).await;
    for (number, name) in
        ["x-forwarded-host", "forwarded", "x-host", "x-forwarded-server", "x-original-host"].iter().enumerate()
    {
        let value = if *name == "forwarded" { "host=evil.test;proto=http" } else { "evil.test" };
        let request = Request::post("http://evil.test/auth/forgot-password")
            .header("host", "127.0.0.1:3000")
            .header("content-type", "application/json")
            .header(*name, value);
        let body = Body::from(json!({ "email": ADA }).to_string());
        let answer = Client::new(&app).send(request, body).await;
        assert_eq!(answer.status, 202, "{number}");
        let page = Request::get("http://evil.test/dashboard").header("host", "127.0.0.1:3000").header(*name, value);
        let answer = Visitor::new(&app).send(page.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, Some("/login")));
    }
    for mail in app.mails(3).await {
        assert!(mail.contains("http://127.0.0.1:3000/reset-password?token=") && !mail.contains("evil"), "{mail}");
    }
}

#[tokio::test]
async fn other_sites_load_neither_pages_nor_answers_of_ours_as_parts_of_theirs() {
    let app = TestApp::new().await;
    let asked = |path: &str, site: &str, mode: &str| {
        Request::get(path).header("sec-fetch-site", site).header("sec-fetch-mode", mode)
    };
    for path in ["/login", "/dashboard", "/recovery-codes.txt", "/account/data.json", "/users/me", "/auth/check-totp"] {
        for mode in ["no-cors", "cors", "same-origin", "websocket"] {
            for site in ["cross-site", "same-site"] {
                assert_eq!(status(&app, asked(path, site, mode)).await, 403, "{path} {site} {mode}");
            }
        }
        for (site, mode) in [("cross-site", "navigate"), ("same-origin", "cors"), ("none", "navigate")] {
            assert_ne!(status(&app, asked(path, site, mode)).await, 403, "{path} {site} {mode}");
        }
    }
    for public in ["/.well-known/jwks.json", "/healthz", "/openapi.json"] {
        assert_eq!(status(&app, asked(public, "cross-site", "cors")).await, 200, "{public}");
    }
    let page = Visitor::new(&app).get("/login").await;
    assert!(page.header("vary").contains("Sec-Fetch-Site"));
    let listed = TestApp::with(&[("SEKISHO_CORS_ORIGINS", "https://app.example.org")]).await;
    let request = asked("/users/me", "cross-site", "cors").header("origin", "https://app.example.org");
    assert_eq!(status(&listed, request).await, 401);
}
