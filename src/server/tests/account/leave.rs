//! Leaving, coming back, and being gone.

use super::{ADA, TestApp, Visitor, is_signed_in, proved, two_browsers};
use crate::model::Problem;
use crate::server::accounts;

const DAY_S: i64 = 24 * 60 * 60;

#[tokio::test]
async fn an_account_is_gone_after_fourteen_days_and_its_history_names_nobody() {
    let app = TestApp::new().await;
    let (mut ada, mut other, phone) = two_browsers(&app).await;
    let wrong = ada.post("/fn/account-delete", &[("current_password", "wrong"), ("code", &phone.code(&app))]).await;
    assert_eq!(wrong.problem(), Some(Problem::WrongPassword));
    let left = proved(&mut ada, &phone, "/fn/account-delete", &[]).await;
    assert_eq!(left.location(), Some("/login"), "{:?}", left.problem());
    assert!(!is_signed_in(&mut ada).await && !is_signed_in(&mut other).await);
    assert!(ada.get("/login").await.text.contains("deleted in 14 days"));
    assert!(app.mails(2).await.iter().any(|mail| mail.contains("deleted in 14 days")));
    app.advance(14 * DAY_S - 1);
    assert_eq!(accounts::delete_left(&app.services).await.unwrap(), 0);
    app.advance(1);
    assert_eq!(accounts::delete_left(&app.services).await.unwrap(), 1);
    assert_eq!(accounts::delete_left(&app.services).await.unwrap(), 0);
    assert_eq!(ada.log_in(ADA).await.problem(), Some(Problem::BadCredentials));
    let db = app.services.store.read();
    for table in ["accounts", "event_origins", "sessions", "authenticators", "recovery_codes", "one_time_tokens"] {
        let rows = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        assert_eq!(sqlx::query_scalar::<_, i64>(rows).fetch_one(db).await.unwrap(), 0, "{table}");
    }
    let events: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events").fetch_one(db).await.unwrap();
    assert!(events > 3, "what happened is still known, but not to whom");
    assert!(app.mails(1).await.iter().any(|mail| mail.contains("was deleted")));
}

#[tokio::test]
async fn a_login_takes_it_back() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    proved(&mut ada, &phone, "/fn/account-delete", &[]).await;
    app.advance(13 * DAY_S);
    let mut back = Visitor::new(&app);
    back.log_in(ADA).await;
    assert_eq!(back.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
    assert!(back.get("/activity").await.text.contains("Deletion taken back"));
    app.advance(30 * DAY_S);
    assert_eq!(accounts::delete_left(&app.services).await.unwrap(), 0);
}
