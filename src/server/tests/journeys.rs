//! Journeys 1 to 3, as fetch and as plain form.

use super::app::PASSWORD;
use super::{TestApp, Visitor};
use crate::model::Problem;

#[tokio::test]
async fn a_stranger_reaches_the_dashboard_with_and_without_javascript() {
    let app = TestApp::new().await;
    for is_plain in [false, true] {
        let email = format!("ada{is_plain}@example.test");
        let mut ada = Visitor { is_plain, ..Visitor::new(&app) };
        let answer = ada.post("/fn/register", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(answer.location(), Some("/login"));
        assert_eq!(ada.log_in(&email).await.location(), Some("/totp-setup"));
        let phone = ada.read_key().await;
        let answer = ada.post("/fn/totp-setup", &[("code", &phone.code(&app))]).await;
        assert_eq!(answer.location(), Some("/recovery-codes"));
        let codes = ada.read_codes().await;
        assert_eq!(codes.len(), 10);
        let answer = ada.post("/fn/recovery-codes", &[("code", &codes[3].to_lowercase())]).await;
        assert_eq!(answer.location(), Some("/dashboard"));
        assert_eq!(ada.read_codes().await.len(), 0, "the codes are shown until one is typed back");
        let page = ada.get("/dashboard").await;
        assert!(page.text.contains(&email) && page.text.contains("Recovery codes left: 10"));
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_at_once() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled("ada@example.test").await;
    let stolen = ada.clone();
    let answer = ada.post("/fn/logout", &[]).await;
    assert_eq!(answer.location(), Some("/login"));
    assert_eq!(answer.header("clear-site-data"), "\"storage\"");
    let mut thief = stolen;
    assert_eq!(thief.get("/dashboard").await.location(), Some("/login"));
    assert_eq!(thief.post("/fn/dashboard", &[]).await.problem(), Some(Problem::SignedOut));
}

#[tokio::test]
async fn a_login_leads_back_to_where_one_was_going() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled("ada@example.test").await;
    ada.post("/fn/logout", &[]).await;
    assert_eq!(ada.get("/recovery-codes").await.location(), Some("/login?next=%2Frecovery-codes"));
    app.advance(60);
    for (next, end) in [("/recovery-codes", "/recovery-codes"), ("//evil.test", "/dashboard")] {
        let mut ada = Visitor::new(&app);
        let form = [("email", "ada@example.test"), ("password", PASSWORD), ("next", next)];
        assert_eq!(ada.post("/fn/login", &form).await.location(), Some("/tfa"));
        assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some(end));
        app.advance(60);
    }
}

#[tokio::test]
async fn the_start_page_leads_to_where_one_belongs() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled("ada@example.test").await;
    assert_eq!(ada.get("/").await.location(), Some("/dashboard"));
    assert_eq!(ada.get("/login").await.location(), Some("/dashboard"));
    let anonymous = Visitor::new(&app).get("/dashboard").await;
    assert_eq!((anonymous.status.as_u16(), anonymous.location(), anonymous.text.as_str()), (303, Some("/login"), ""));
    assert_eq!(Visitor::new(&app).get("/").await.location(), Some("/login"));
}

#[tokio::test]
async fn an_optional_second_factor_can_be_turned_on_later_by_a_fresh_login_only() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let mut ada = app.registered("ada@example.test").await;
    assert_eq!(ada.log_in("ada@example.test").await.location(), Some("/dashboard"));
    let mut stale = ada.clone();
    app.advance(6 * 60);
    assert_eq!(stale.post("/fn/totp-restart", &[]).await.problem(), Some(Problem::LoginTooOld));
    ada.log_in("ada@example.test").await;
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.location(), Some("/totp-setup"));
    let phone = ada.read_key().await;
    assert_eq!(ada.post("/fn/totp-setup", &[("code", &phone.code(&app))]).await.location(), Some("/recovery-codes"));
    assert_eq!(stale.get("/dashboard").await.location(), Some("/login"), "every older session is dead");
}
