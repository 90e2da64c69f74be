//! Changes come in their turn, and a login that waits for its hash keeps no turn, through whichever door it came.

use super::TestApp;
use super::app::{Answer, PASSWORD, Visitor};
use crate::model::Problem;
use crate::server::turnstile::AT_ONCE;
use axum::body::Body;
use axum::http::Request;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

/// More than there are turns.
const LOGINS: usize = 12;
/// With the logins, fewer than there are places.
const ORDERS: usize = 50;
const ADA: &str = "ada@example.test";

#[tokio::test]
async fn logins_that_wait_for_their_hashes_keep_nobody_waiting() {
    for (door, name) in [("/auth/jwt/login", "username"), ("/fn/login", "email")] {
        let app = TestApp::new().await;
        app.registered(ADA).await;
        let before = ordered(&app);
        let busy = busy_lane(&app);
        let mut logins = JoinSet::new();
        for _ in 0..LOGINS {
            logins.spawn(sent(&app, door, format!("{name}={ADA}&password={}&next=", PASSWORD.replace(' ', "+"))));
        }
        while ordered(&app) < before + (ORDERS + LOGINS) as u64 {
            tokio::task::yield_now().await;
        }
        let asked = sent(&app, "/fn/forgot-password", format!("email={ADA}")).await;
        assert!(asked.status.is_success() || asked.status.is_redirection(), "{asked:?}");
        assert!(logins.try_join_next().is_none(), "{door}: a login held its turn until it was hashed");
        drop(busy);
        let answers = logins.join_all().await;
        assert!(answers.iter().all(|answer| answer.status.as_u16() < 400), "{door}: {answers:?}");
    }
}

#[tokio::test]
async fn whose_turn_does_not_come_is_told_so_in_the_words_of_its_door() {
    let app = TestApp::new().await;
    let mut turns = Vec::new();
    for _ in 0..AT_ONCE {
        turns.push(app.services.turnstile.turn().await.unwrap());
    }
    let page = tokio::spawn(sent(&app, "/fn/forgot-password", format!("email={ADA}")));
    let api = sent(&app, "/auth/jwt/login", format!("username={ADA}&password=x")).await;
    assert_eq!((api.status.as_u16(), api.header("retry-after")), (503, "5"));
    assert_eq!(api.text, r#"{"detail":"Service Unavailable"}"#);
    let page = page.await.unwrap();
    assert_eq!((page.status.as_u16(), page.header("retry-after")), (503, "5"));
    assert_eq!(page.problem(), Some(Problem::Busy));
    assert_eq!(Visitor::new(&app).get("/login").await.status, 200, "reading goes on");
    drop(turns);
    let after = sent(&app, "/fn/forgot-password", format!("email={ADA}")).await;
    assert!(after.status.as_u16() < 400, "{after:?}");
}

/// Hashes that were ever ordered.
fn ordered(app: &TestApp) -> u64 {
    let figures = app.services.hash_lane.figures();
    figures.waiting.load(Ordering::Relaxed) + figures.done.load(Ordering::Relaxed)
}

/// Passwords enough to hash that whoever comes now waits for a while.
fn busy_lane(app: &TestApp) -> JoinSet<()> {
    let mut orders = JoinSet::new();
    for _ in 0..ORDERS {
        let services = Arc::clone(&app.services);
        orders.spawn(async move {
            let password = Zeroizing::new(PASSWORD.to_owned());
            services.hash_lane.hash(password).await.unwrap();
        });
    }
    orders
}

fn sent(app: &TestApp, path: &str, body: String) -> impl Future<Output = Answer> + use<> {
    let web = app.web.clone();
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    async move { Visitor::send_to(&web, request).await }
}
