//! A copy of the database brings nothing back that was ended since it was made.

use super::app::Folder;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::config::Config;
use crate::server::store::{outbox, restored};
use sqlx::Connection;

const ADA: &str = "ada@example.test";

/// Another server, on a copy of the database of this one, at the same time.
async fn restored_from(app: &TestApp) -> TestApp {
    let folder = Folder::new();
    std::fs::copy(app.folder.0.join("master.key"), folder.0.join("master.key")).unwrap();
    let copy = folder.0.join("copy.db");
    restored::write_checked(&app.folder.0.join("sekisho.db"), &copy).await.unwrap();
    let mut copied = restored::bring(&copy, &folder.0.join("sekisho.db")).await.unwrap();
    restored::tame(&mut copied, app.services.clock.now()).await.unwrap();
    copied.close().await.unwrap();
    let config = Config::from_map(folder.settings(&[])).unwrap();
    TestApp::of(folder, config).await
}

async fn count(app: &TestApp, what: &'static str) -> i64 {
    sqlx::query_scalar(what).fetch_one(app.services.store.read()).await.unwrap()
}

async fn keys(app: &TestApp) -> String {
    Visitor::new(app).get("/.well-known/jwks.json").await.text
}

#[tokio::test]
async fn a_restored_copy_revives_no_session_no_code_no_link_no_mail_and_no_key() {
    let app = TestApp::new().await;
    if app.services.store.backend() == crate::server::store::Backend::Postgres {
        return;
    }
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    ada.post("/fn/recovery-codes", &[("code", &codes[0])]).await;
    app.advance(60);
    let mut half_way = Visitor::new(&app);
    half_way.log_in(ADA).await;
    Visitor::new(&app).post("/fn/forgot-password", &[("email", ADA)]).await;
    let mut bob = app.registered("bob@example.test").await;
    bob.log_in("bob@example.test").await;
    bob.get("/totp-setup").await;
    let (ada_cookies, half_way_cookies) = (ada.cookies.clone(), half_way.cookies.clone());
    let tables = [
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM pending_logins",
        "SELECT COUNT(*) FROM enrolments",
        "SELECT COUNT(*) FROM one_time_tokens",
        "SELECT COUNT(*) FROM accounts WHERE recovery_codes_confirmed_at IS NOT NULL",
    ];
    let copy = restored_from(&app).await;
    copy.advance(60);
    for table in tables {
        assert!(count(&app, table).await > 0, "{table}");
        assert_eq!(count(&copy, table).await, 0, "{table}");
    }
    assert!(outbox::count_waiting(app.services.store.read(), 0).await.unwrap() > 0);
    assert_eq!(outbox::count_waiting(copy.services.store.read(), 0).await.unwrap(), 0);
    let (old, new) = (keys(&app).await, keys(&copy).await);
    assert!(new.contains("\"kid\"") && new != old, "{new}");

    let mut old = Visitor { cookies: ada_cookies, ..Visitor::new(&copy) };
    assert_eq!(old.get("/dashboard").await.location(), Some("/login"));
    let mut old = Visitor { cookies: half_way_cookies, ..Visitor::new(&copy) };
    assert_eq!(old.get("/tfa").await.location(), Some("/login"));
    // The code that may have been used since, and the one after it.
    let mut again = Visitor::new(&copy);
    again.log_in(ADA).await;
    for steps in [-1, 0, 1] {
        let seen = again.post("/fn/tfa", &[("code", &phone.code_in(&copy, steps))]).await;
        assert_eq!(seen.problem(), Some(Problem::CodeUsed), "{steps}");
    }
    copy.advance(60);
    assert_eq!(again.post("/fn/tfa", &[("code", &phone.code(&copy))]).await.location(), Some("/dashboard"));
    assert!(again.get("/dashboard").await.text.contains("recovery codes"), "new ones are offered");
}
