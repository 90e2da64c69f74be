//! Two servers of one database: what one of them does holds for the other.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::Client;
use crate::server::tokens;
use serde_json::json;

const ADA: &str = "ada@example.test";
const ME: &str = "/users/me";

/// Two servers, each with its own memory, on the same database and master key.
async fn two() -> (TestApp, TestApp) {
    let first = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let second = first.another().await;
    (first, second)
}

/// The same client at the other server.
fn moved<'a>(client: &Client<'_>, to: &'a TestApp) -> Client<'a> {
    Client::with(to, client.token.as_deref().unwrap())
}

fn pass_a_second(servers: [&TestApp; 2]) {
    for server in servers {
        server.advance(1);
    }
}

#[tokio::test]
async fn a_token_of_one_server_is_taken_by_the_other_and_ends_on_both() {
    let (first, second) = two().await;
    let ada = Client::registered(&first, ADA).await;
    let elsewhere = moved(&ada, &second);
    assert_eq!(elsewhere.get(ME).await.text, ada.get(ME).await.text);
    assert_eq!(elsewhere.get(ME).await.status, 200, "remembered there");
    assert_eq!(ada.post("/auth/jwt/logout", json!({})).await.status, 204);
    assert_eq!(ada.get(ME).await.status, 401);
    pass_a_second([&first, &second]);
    assert_eq!(elsewhere.get(ME).await.status, 401, "a second later at most");
}

#[tokio::test]
async fn a_password_changed_at_one_server_ends_sessions_at_the_other() {
    let (first, second) = two().await;
    let ada = Client::registered(&first, ADA).await;
    let mut other = Client::new(&second);
    assert_eq!(other.log_in(ADA).await.status, 200);
    assert_eq!(other.get(ME).await.status, 200);
    let change = json!({ "password": "eight lanterns by the river", "current_password": PASSWORD });
    assert_eq!(ada.patch(ME, change).await.status, 200);
    pass_a_second([&first, &second]);
    assert_eq!(other.get(ME).await.status, 401);
    assert_eq!(moved(&ada, &second).get(ME).await.status, 200, "the calling session lives");
}

#[tokio::test]
async fn keys_rotated_at_one_server_verify_at_the_other_with_overlap() {
    let (first, second) = two().await;
    let before = Client::registered(&first, ADA).await;
    assert_eq!(moved(&before, &second).get(ME).await.status, 200);
    let services = &first.services;
    let kid = tokens::rotate_keys(&services.store, &services.keys, services.clock.now()).await.unwrap();
    pass_a_second([&first, &second]);
    let mut after = Client::new(&first);
    assert_eq!(after.log_in(ADA).await.status, 200);
    for (client, why) in [(&before, "signed by the retired key"), (&after, "signed by the new one")] {
        assert_eq!(moved(client, &second).get(ME).await.status, 200, "{why}");
    }
    let mut new = Client::new(&second);
    assert_eq!(new.log_in(ADA).await.status, 200);
    assert_eq!(moved(&new, &first).get(ME).await.status, 200);
    let keys = [&first, &second].map(Client::new);
    for client in keys {
        let keys = client.get("/.well-known/jwks.json").await.json();
        assert_eq!((&keys["keys"][0]["kid"], keys["keys"].as_array().unwrap().len()), (&json!(kid), 2));
    }
}
