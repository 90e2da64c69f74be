//! What is said when something breaks, and what is not.

use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::http;
use crate::server::tests::log::Log;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use std::sync::Arc;

const INSIDES: [&str; 8] = ["sqlx", "SELECT", "src/", ".rs", "panicked", "pool", "unwrap", "/root"];

/// A browser opening a page.
fn page(path: &str) -> Request<Body> {
    Request::get(path).header("accept", "text/html,*/*;q=0.8").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_panic_is_a_page_with_a_number_that_the_log_knows() {
    let log = Log::capture();
    let app = TestApp::new().await;
    #[expect(unreachable_code, reason = "gives the handler a type")]
    let broken = get(|| async {
        panic!("a canary in the cause");
        "never"
    });
    let web = http::Web::new(Router::new().route("/broken", broken), Arc::clone(&app.services), None);
    let answer = Visitor::send_to(&web, page("/broken")).await;
    assert_eq!(answer.status, 500);
    assert!(answer.text.contains("Something went wrong") && answer.text.contains("lang=\"en\""));
    assert!(log.knows_the_number_in(&answer.text));
    assert!(!answer.text.contains("canary"));
    let bare = Visitor::send_to(&web, Request::get("/broken").body(Body::empty()).unwrap()).await;
    assert_eq!((bare.status.as_u16(), bare.header("content-type")), (500, "application/json; charset=utf-8"));
    assert!(!bare.text.contains("canary"));
    for answer in [answer, bare] {
        assert_eq!((answer.header("cache-control"), answer.header("x-frame-options")), ("no-store", "DENY"));
    }
}

#[tokio::test]
async fn a_lost_database_is_told_as_such_with_nothing_of_the_inside() {
    let log = Log::capture();
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled("ada@example.test").await;
    app.services.store.close().await;
    let page = ada.get("/dashboard").await;
    assert!(page.text.contains("Nothing can be read or saved at the moment"));
    let fetched = ada.post("/fn/dashboard", &[]).await;
    assert_eq!(fetched.problem(), Some(Problem::Unavailable));
    assert!(log.text().contains("A request could not use the database"));
    for answer in [page, fetched] {
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
        let said = answer.text.split("<body>").last().unwrap();
        for inside in INSIDES {
            assert!(!said.contains(inside), "{inside} in {said}");
        }
    }
}

#[tokio::test]
async fn a_refused_browser_gets_a_page_in_its_language() {
    let app = TestApp::new().await;
    let form = |path: &str, site: &str| {
        Request::post(path)
            .header("accept", "text/html")
            .header("accept-language", "ja")
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let foreign = Visitor::new(&app).send(form("/fn/login", "cross-site").body(Body::empty()).unwrap()).await;
    assert_eq!(foreign.status, 403);
    assert!(foreign.text.contains("lang=\"ja\"") && foreign.text.contains("問題が発生しました"));
    let large = form("/fn/login", "same-origin").body(Body::from(vec![b'a'; 1 << 20])).unwrap();
    let large = Visitor::new(&app).send(large).await;
    assert_eq!(large.status, 413);
    assert!(large.text.contains("送られた内容が大きすぎます"));
    for path in ["/fn/login", "/preferences", "/recovery-codes.css", "/fn/", "/%00", "/a//b"] {
        let answer = Visitor::new(&app).send(page(path)).await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{path} {}", answer.status);
        assert!(answer.text.contains("There is no such page"), "{path}");
    }
}

#[tokio::test]
async fn a_function_of_an_older_page_asks_to_load_it_anew() {
    let app = TestApp::new().await;
    let answer = Visitor::new(&app).post("/fn/gone", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.problem()), (404, Some(Problem::OutOfDate)));
    assert!(!answer.text.contains("gone"));
}

#[tokio::test]
async fn who_waits_in_vain_for_the_database_is_told_to_come_back() {
    let app = TestApp::new().await;
    let in_vain = crate::server::failure::Failure::from(sqlx::Error::PoolTimedOut).into_problem();
    assert_eq!((in_vain.clone(), in_vain.status()), (Problem::Unavailable, 503));
    // Another process holds the file: SQLITE_BUSY, after `busy_timeout`.
    let path = app.folder.0.join("sekisho.db");
    let url = format!("sqlite:{}", path.display());
    let holder = sqlx::any::AnyPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let _held = holder.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let form = [("email", "ada@example.test"), ("password", super::app::PASSWORD)];
    let answer = Visitor::new(&app).post("/fn/register", &form).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"));
    assert_eq!(Visitor::new(&app).get("/login").await.status, 200, "reading goes on");
}

#[tokio::test]
async fn a_database_that_became_read_only_refuses_writes_and_reads_on() {
    let app = TestApp::new().await;
    if app.services.store.backend() == crate::server::store::Backend::Postgres {
        return;
    }
    let (mut ada, _) = app.enrolled("ada@example.test").await;
    let mut tx = app.services.store.begin().await.unwrap();
    sqlx::query("PRAGMA query_only = ON").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    // Longer than a session is seen without a note of it.
    app.advance(120);
    let form = [("email", "bob@example.test"), ("password", super::app::PASSWORD)];
    for _ in 0..3 {
        let refused = Visitor::new(&app).post("/fn/register", &form).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (503, Some(Problem::Unavailable)));
        assert_eq!(ada.get("/dashboard").await.status, 200);
    }
}
