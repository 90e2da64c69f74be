//! What the API says of itself.

use super::super::TestApp;
use super::Client;
use crate::server::rest::ROUTES;
use serde_json::Value;
use std::collections::BTreeSet;

async fn api(app: &TestApp) -> Value {
    let answer = Client::new(app).get("/openapi.json").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    answer.json()
}

#[tokio::test]
async fn every_route_is_described_and_no_other() {
    let app = TestApp::new().await;
    let api = api(&app).await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let is_api = |path: &str| path.starts_with("/auth") || path.starts_with("/users") || path.ends_with("jwks.json");
    let routes = ROUTES.iter().filter(|(path, _)| is_api(path));
    let served: BTreeSet<String> =
        routes.flat_map(|(path, methods)| methods.split(", ").map(move |method| format!("{method} {path}"))).collect();
    assert_eq!(described, served);
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_words() {
    let app = TestApp::new().await;
    let api = api(&app).await;
    let text = api.to_string();
    for name in text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(api["components"]["schemas"][name].is_object(), "{name}");
    }
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].as_str().is_some_and(|words| !words.is_empty()), "{method} {path}");
            assert!(operation["responses"].as_object().unwrap().contains_key("500"), "{method} {path}");
        }
    }
    assert_eq!(api["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[tokio::test]
async fn the_try_it_page_loads_nothing_from_elsewhere() {
    let app = TestApp::new().await;
    let client = Client::new(&app);
    let page = client.get("/docs").await;
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"));
    let files = [&page.text, &client.get("/docs/explorer.js").await.text, &client.get("/docs/explorer.css").await.text]
        .map(String::clone);
    for text in &files {
        assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("//cdn"));
        assert!(!text.contains("innerHTML") && !text.contains(" style=") && !text.contains("onclick"));
    }
}
