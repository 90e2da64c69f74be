//! Figures for whoever runs the server.

use super::app::Answer;
use super::{TestApp, Visitor};
use crate::server::http;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use std::sync::Arc;
use tower::ServiceExt;

const ADA: &str = "ada@example.test";

async fn figures(app: &TestApp) -> String {
    let router = http::metrics_router(Arc::clone(&app.services));
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    let answer = Answer { status: parts.status, headers: parts.headers, text };
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    answer.text
}

#[tokio::test]
async fn what_happened_is_counted_and_nobody_is_named() {
    let app = TestApp::with(&[("SEKISHO_THROTTLE", "on")]).await;
    app.registered(ADA).await;
    for _ in 0..6 {
        let wrong = [("email", ADA), ("password", "wrong guess"), ("next", "")];
        Visitor::at(&app, "192.0.2.1").post("/fn/login", &wrong).await;
    }
    Visitor::new(&app).get("/login").await;
    let figures = figures(&app).await;
    for line in [
        "sekisho_requests_total{route=\"login\",status=\"429\"} 1",
        "sekisho_requests_total{route=\"login\",status=\"4xx\"} 5",
        "sekisho_requests_total{route=\"page\",status=\"2xx\"} 1",
        "sekisho_requests_total{route=\"register\",status=\"2xx\"} 1",
        "sekisho_events_total{kind=\"password_refused\"} 5",
        "sekisho_throttled_total{counter=\"account\"} 1",
        "sekisho_hash_lane_waiting 0",
        "sekisho_hash_lane_done_total 6",
        "sekisho_outbox_waiting 0",
        "sekisho_sessions 0",
    ] {
        assert!(figures.lines().any(|known| known == line), "{line} in {figures}");
    }
    assert!(!figures.contains("ada@") && !figures.contains("192.0.2.1"));
    assert_eq!(Visitor::new(&app).get("/metrics").await.status, 404, "not beside the pages");
}

#[tokio::test]
async fn every_figure_of_the_dashboard_is_told_and_every_figure_is_described() {
    let app = TestApp::new().await;
    let figures = figures(&app).await;
    let dashboard = include_str!("../../../docs/grafana-dashboard.json");
    let names: Vec<&str> = dashboard
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("sekisho_"))
        .collect();
    assert!(names.len() > 10);
    for name in names {
        assert!(figures.contains(&format!("# TYPE {name} ")), "{name}");
    }
    for line in figures.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        assert!(figures.contains(&format!("# HELP {name} ")), "{name}");
    }
}

#[tokio::test]
async fn a_lost_database_leaves_the_figures_of_the_process() {
    let app = TestApp::new().await;
    app.services.store.close().await;
    let figures = figures(&app).await;
    assert!(figures.contains("sekisho_database_commits_total") && !figures.contains("sekisho_outbox_waiting"));
}
