//! The Rust that docs/integrating.md shows: the same to the letter, compiled, and tried.

include!("shown.rs");

use super::super::TestApp;
use super::super::app::Folder;
use super::Client;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::http;
use crate::server::services::Services;
use std::sync::Arc;

const ISSUER: &str = "http://127.0.0.1:3000";

#[test]
fn the_docs_show_this_very_code() {
    let docs = include_str!("../../../../docs/integrating.md");
    assert!(docs.contains(concat!("```rust\n", include_str!("shown.rs"), "```\n")));
}

#[tokio::test]
async fn what_the_docs_show_takes_our_tokens_and_no_others() {
    let folder = Folder::new();
    let config = Config::from_map(folder.settings(&[("SEKISHO_SECOND_FACTOR", "optional")])).unwrap();
    // The library of the other app asks the machine's clock, so this server has to.
    let services = Arc::new(Services::open(config, Clock::System).await.unwrap());
    let app = TestApp { web: http::web(Arc::clone(&services), None), services, folder };
    let ada = Client::registered(&app, "ada@example.test").await;
    let token = ada.token.clone().unwrap();
    let id = ada.get("/users/me").await.json()["id"].as_str().unwrap().to_owned();
    let keys: JwkSet = serde_json::from_str(&ada.get("/.well-known/jwks.json").await.text).unwrap();

    assert_eq!(account_of(&token, &keys, ISSUER), Some(id));
    assert_eq!(account_of(&token, &keys, "http://127.0.0.1:3001"), None, "of another server");
    assert_eq!(account_of(&token, &JwkSet { keys: Vec::new() }, ISSUER), None, "of an unknown key");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let other: String = claims.chars().rev().collect();
    assert_eq!(account_of(&format!("{head}.{other}.{signature}"), &keys, ISSUER), None, "of other claims");
    assert_eq!(account_of(&format!("{signed}.{}", "A".repeat(86)), &keys, ISSUER), None, "signed by nobody");
}
