//! What is remembered of access tokens changes no answer: every change acts at the next request.
//!
//! The clock of these tests stands still: whatever is remembered stays within its second.

use super::super::TestApp;
use super::super::app::PASSWORD;
use super::Client;
use crate::model::AccountId;
use crate::server::admin::{self, Hand};
use crate::server::audit::Origin;
use crate::server::store::{Store, people, sessions};
use serde_json::{Value, json};

const ADA: &str = "ada@example.test";
const ROOT: &str = "root@example.test";
const ME: &str = "/users/me";

/// Logins by password alone, which give access tokens at once.
async fn app() -> TestApp {
    TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await
}

/// Another client of the account, whose token was shown just now.
async fn entered<'a>(app: &'a TestApp, email: &str) -> Client<'a> {
    let mut client = Client::new(app);
    assert_eq!(client.log_in(email).await.status, 200);
    show(&client).await;
    client
}

/// Shows the token twice: read, and found again. Returns whose it is.
async fn show(client: &Client<'_>) -> Value {
    let (first, second) = (client.get(ME).await, client.get(ME).await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
    assert_eq!(first.text, second.text);
    first.json()
}

async fn assert_ended(client: &Client<'_>, why: &str) {
    for path in [ME, "/auth/check-totp"] {
        assert_eq!(client.get(path).await.said(), (401, json!("Unauthorized")), "{why}");
    }
}

fn id(user: &Value) -> AccountId {
    AccountId::from(user["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_the_owner_ends_is_dead_at_the_next_request() {
    let app = app().await;
    Client::registered(&app, ADA).await;
    let (first, second, third) = (entered(&app, ADA).await, entered(&app, ADA).await, entered(&app, ADA).await);
    assert_eq!(first.post("/auth/jwt/logout", json!({})).await.status, 204);
    assert_ended(&first, "logged out").await;
    show(&second).await;
    show(&third).await;
    second.set_up().await;
    assert_ended(&third, "a second factor was turned on elsewhere").await;

    Client::registered(&app, "bob@example.test").await;
    let (bob, other) = (entered(&app, "bob@example.test").await, entered(&app, "bob@example.test").await);
    let change = json!({ "password": "eight lanterns by the river", "current_password": PASSWORD });
    assert_eq!(bob.patch(ME, change).await.status, 200);
    assert_ended(&other, "the password was changed").await;
    show(&bob).await;
}

#[tokio::test]
async fn what_a_superuser_changes_acts_at_the_next_request() {
    let app = app().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    show(&root).await;
    for (change, why) in [
        (Some(json!({ "is_active": false })), "disabled"),
        (Some(json!({ "is_superuser": true })), "given rights"),
        (None, "deleted"),
    ] {
        let ada = Client::registered(&app, &format!("{}@example.test", why.replace(' ', "-"))).await;
        let path = format!("/users/{}", show(&ada).await["id"].as_str().unwrap());
        assert_eq!(root.patch(&path, json!({ "is_verified": true })).await.status, 200);
        assert_eq!(show(&ada).await["is_verified"], true, "a mark is seen at once");
        let answer = match change {
            Some(change) => root.patch(&path, change).await,
            None => root.delete(&path).await,
        };
        assert!(answer.status.is_success(), "{why}");
        assert_ended(&ada, why).await;
    }
}

#[tokio::test]
async fn losing_rights_or_the_second_factor_acts_at_the_next_request() {
    let app = app().await;
    let (root, _) = Client::superuser(&app, ROOT).await;
    let (second, _) = Client::superuser(&app, "second@example.test").await;
    let path = format!("/users/{}", show(&second).await["id"].as_str().unwrap());
    assert_eq!(second.get("/users").await.status, 200);
    assert_eq!(root.patch(&path, json!({ "is_superuser": false })).await.status, 200);
    assert_eq!(second.get("/users").await.status, 401);

    let account = id(&show(&root).await);
    let origin = Origin::by_name("command line");
    assert!(admin::reset_second_factor(&app.services, &Hand::Operator, &origin, &account).await.unwrap());
    assert_ended(&root, "the second factor was reset").await;
}

#[tokio::test]
async fn what_another_process_changes_acts_within_a_second() {
    let app = app().await;
    let ada = Client::registered(&app, ADA).await;
    let account = id(&show(&ada).await);
    let elsewhere = Store::open(&app.services.config.database_url).await.unwrap();
    let mut tx = elsewhere.begin().await.unwrap();
    people::mark(&mut *tx, &account, people::Mark::Verified, Some(app.services.clock.now())).await.unwrap();
    tx.commit().await.unwrap();
    app.advance(1);
    assert_eq!(show(&ada).await["is_verified"], true);
    let mut tx = elsewhere.begin().await.unwrap();
    sessions::delete_all_of(&mut *tx, &account).await.unwrap();
    tx.commit().await.unwrap();
    elsewhere.close().await;
    app.advance(1);
    assert_ended(&ada, "ended elsewhere").await;
}

#[tokio::test]
async fn a_remembered_token_ends_with_its_time() {
    let app = app().await;
    let ada = Client::registered(&app, ADA).await;
    app.advance(3599);
    show(&ada).await;
    app.advance(1);
    assert_ended(&ada, "expired").await;
}
