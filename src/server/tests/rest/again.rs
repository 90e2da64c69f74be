//! The same question again within a second: the same answer, and no other question's.

use super::super::TestApp;
use super::Client;
use axum::body::Body;
use axum::http::{Request, header};
use std::net::SocketAddr;

const ME: &str = "/users/me";
const APP: &str = "https://app.example.test";

/// Asks for the own account from an address, with more headers.
async fn ask(client: &Client<'_>, from: &str, path: &str, more: &[(&'static str, &str)]) -> (u16, Vec<String>) {
    let bearer = format!("Bearer {}", client.token.as_deref().unwrap());
    let request = more.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let request = request.header(header::AUTHORIZATION, bearer).body(Body::empty()).unwrap();
    let peer: SocketAddr = from.parse().unwrap();
    let answer = client.app.web.answer(Some(peer), request).await;
    let headers = answer.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    let (status, mut told) = (answer.status().as_u16(), headers.collect::<Vec<_>>());
    told.sort();
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    told.push(String::from_utf8(body.to_vec()).unwrap());
    (status, told)
}

#[tokio::test]
async fn an_answer_given_again_is_the_first_one_whole() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional"), ("SEKISHO_CORS_ORIGINS", APP)]).await;
    let ada = Client::registered(&app, "ada@example.test").await;
    for more in [&[][..], &[("origin", APP)], &[("origin", "https://other.example.test")], &[("accept", "text/html")]] {
        let first = ask(&ada, "192.0.2.1:1000", ME, more).await;
        let again = ask(&ada, "192.0.2.1:2000", ME, more).await;
        assert_eq!(first, again, "{more:?}");
        assert_eq!(first.0, 200);
        for header in ["cache-control: no-store", "x-content-type-options: nosniff", "x-frame-options: DENY"] {
            assert!(first.1.iter().any(|told| told == header), "{header} in {first:?}");
        }
    }
}

#[tokio::test]
async fn another_question_is_not_answered_from_memory() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional"), ("SEKISHO_CORS_ORIGINS", APP)]).await;
    let ada = Client::registered(&app, "ada@example.test").await;
    let bob = Client::registered(&app, "bob@example.test").await;
    let plain = ask(&ada, "192.0.2.1:1000", ME, &[]).await;
    let shared = ask(&ada, "192.0.2.1:1000", ME, &[("origin", APP)]).await;
    let is_shared = |told: &[String]| told.iter().any(|header| header.starts_with("access-control-allow-origin: "));
    assert!(is_shared(&shared.1) && !is_shared(&plain.1));
    assert_ne!(ask(&bob, "192.0.2.1:1000", ME, &[]).await.1.last(), plain.1.last());
    assert_eq!(ask(&ada, "192.0.2.1:1000", "/users/you", &[]).await.0, 403);
    assert_eq!(ask(&ada, "192.0.2.1:1000", ME, &[("authorization", "Bearer two")]).await.0, 401);
}
