//! Mails and accounts that are asked for.

use super::super::app::PASSWORD;
use super::super::rest::Client;
use super::super::{TestApp, Visitor};
use super::{ADA, ON, guarded};
use crate::model::Problem;
use crate::server::store::limits as store;
use serde_json::{Value, json};

#[tokio::test]
async fn mails_to_an_address_and_from_a_source_are_limited_and_the_answer_is_the_same() {
    let app = guarded().await;
    app.registered(ADA).await;
    let client = Client::new(&app);
    for (path, page) in [("/auth/forgot-password", "reset-password"), ("/auth/request-verify-token", "verify-email")] {
        for number in 0..6 {
            let answer = client.post(path, json!({ "email": ADA })).await;
            assert_eq!((answer.status.as_u16(), answer.json()), (202, Value::Null), "{page} {number}");
        }
    }
    assert_eq!(app.mails(6).await.len(), 6, "three of each");
    let store = app.services.store.read();
    assert_eq!(store::count(store, "reset mails to").await.unwrap(), 1);
    let name = format!("reset mails to:{}", app.services.keys.limit_digest(ADA).unwrap());
    assert_eq!(store::find(store, &name).await.unwrap().unwrap().failures, 3, "the others were not even counted");
    for number in 0..10 {
        client.post("/auth/forgot-password", json!({ "email": format!("{number}@example.test") })).await;
    }
    assert_eq!(store::count(store, "reset mails to").await.unwrap(), 8, "a source that asked ten times counts nobody");
}

#[tokio::test]
async fn new_accounts_are_limited_per_source_and_in_all() {
    let limits = [("SEKISHO_REGISTRATIONS_PER_SOURCE", "2"), ("SEKISHO_REGISTRATIONS_PER_HOUR", "3")];
    let app = TestApp::with(&[&[ON], &limits[..]].concat()).await;
    let mut number = 0;
    let mut register = async |from: &str| {
        number += 1;
        let fields = [("email", format!("{number}@example.test")), ("password", PASSWORD.to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        Visitor::at(&app, from).post("/fn/register", &fields).await
    };
    for _ in 0..2 {
        assert_eq!(register("192.0.2.1").await.status, 200);
    }
    let refused = register("192.0.2.1").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3600"));
    assert_eq!(refused.problem(), Some(Problem::TooManyAccounts { wait_s: 3600 }));
    assert_eq!(register("192.0.2.2").await.status, 200);
    assert_eq!(register("192.0.2.3").await.status, 429, "from everywhere");
    app.advance(3600);
    assert_eq!(register("192.0.2.1").await.status, 200);
}
