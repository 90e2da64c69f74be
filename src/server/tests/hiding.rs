//! Where accounts are hidden: neither what is answered nor what is written tells which addresses have one.

use super::app::PASSWORD;
use super::log::Log;
use super::recover::{WAYS, confirmed, link, mailing, visitor};
use super::rest::Client;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::jobs;
use crate::server::store::{accounts, people};
use serde_json::json;

const ADA: &str = "ada@example.test";
const EVE: &str = "eve@example.test";
const NOBODY: &str = "nobody@example.test";
const NEW: &str = "eight lanterns by the river";

/// Rows of one table.
async fn count(app: &TestApp, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(query).fetch_one(app.services.store.read()).await.unwrap()
}

#[tokio::test]
async fn where_accounts_are_hidden_a_taken_address_is_answered_like_a_free_one() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        confirmed(&smtp, &app, ADA).await;
        let before = smtp.taken().len();
        let mut pages = Vec::new();
        for email in [ADA, "bob@example.test", ADA] {
            let mut visitor = visitor(&app, is_plain);
            let answer = visitor.post("/fn/register", &[("email", email), ("password", NEW)]).await;
            let names: Vec<String> = visitor.cookies.keys().cloned().collect();
            pages.push((
                answer.status,
                answer.location().map(str::to_owned),
                names,
                visitor.get("/login").await.text.len(),
            ));
        }
        assert!(pages[0] == pages[1] && pages[0] == pages[2], "{pages:?}");
        while jobs::post(&app.services).await.unwrap() > 0 {}
        let texts: Vec<String> =
            smtp.taken()[before..].iter().map(|taken| super::eml::Eml::readable(&taken.mail)).collect();
        assert_eq!(texts.len(), 2, "the owner is told once an hour");
        let told = texts.iter().find(|text| text.starts_with(&format!("To: <{ADA}>"))).unwrap();
        assert!(told.contains("You have an account already") && told.contains("http://127.0.0.1:3000/login"));
        let login = [("email", ADA), ("password", NEW), ("next", "")];
        assert_eq!(Visitor::new(&app).post("/fn/login", &login).await.problem(), Some(Problem::BadCredentials));
    }
}

#[tokio::test]
async fn where_accounts_are_hidden_the_api_answers_alike_with_a_fresh_id() {
    let (smtp, app) = mailing(&[]).await;
    confirmed(&smtp, &app, ADA).await;
    let client = Client::new(&app);
    let mut ids = std::collections::HashSet::new();
    for email in [ADA, "bob@example.test", ADA] {
        let answer = client.post("/auth/register", json!({ "email": email, "password": NEW })).await;
        assert_eq!(answer.status, 201);
        let user = answer.json();
        assert!(ids.insert(user["id"].as_str().unwrap().to_owned()));
        assert_eq!(user.as_object().unwrap().len(), 5);
        assert_eq!((&user["email"], &user["is_verified"]), (&json!(email), &json!(false)));
    }
    let weak = client.post("/auth/register", json!({ "email": ADA, "password": "short" })).await;
    assert_eq!(weak.json()["detail"]["code"], "REGISTER_INVALID_PASSWORD", "judged before anything is looked up");
}

/// The time of the answer cannot tell (AU-02): it is as many rows in as many indexes.
#[tokio::test]
async fn a_registration_writes_as_much_for_a_taken_address_as_for_a_free_one() {
    let (smtp, app) = mailing(&[]).await;
    confirmed(&smtp, &app, ADA).await;
    let client = Client::new(&app);
    for (nth, email) in [(1, ADA), (2, NOBODY), (3, ADA)] {
        let before = [count(&app, "outbox").await, count(&app, "one_time_tokens").await];
        let events = count(&app, "events").await + count(&app, "nobodys_events").await;
        assert_eq!(client.post("/auth/register", json!({ "email": email, "password": NEW })).await.status, 201);
        assert_eq!(count(&app, "link_requests").await, nth, "{email}");
        assert_eq!([count(&app, "outbox").await, count(&app, "one_time_tokens").await], before, "{email}");
        assert_eq!(count(&app, "events").await + count(&app, "nobodys_events").await, events + 1, "{email}");
        assert_eq!(count(&app, "accounts").await + count(&app, "nobodys_accounts").await, 1 + nth, "{email}");
    }
    assert_eq!(count(&app, "nobodys_events").await, 2, "no stranger writes into a history");
}

#[tokio::test]
async fn a_registration_that_is_refused_openly_writes_an_event_too() {
    let app = TestApp::new().await;
    let client = Client::registered(&app, ADA).await;
    let log = Log::capture();
    let taken = client.post("/auth/register", json!({ "email": ADA, "password": PASSWORD })).await;
    assert!(log.text().contains("\"kind\":\"address_taken\"") && !log.text().contains(ADA));
    assert_eq!(taken.json()["detail"], "REGISTER_USER_ALREADY_EXISTS");
    assert_eq!([count(&app, "nobodys_events").await, count(&app, "link_requests").await], [1, 0]);
    let typed = "nobodys_accounts WHERE email LIKE '%@%' OR password_hash LIKE '$%'";
    assert_eq!([count(&app, "nobodys_accounts").await, count(&app, typed).await], [1, 0]);
    app.advance(60);
    crate::server::limits::sweep(&app.services).await.unwrap();
    assert_eq!([count(&app, "nobodys_events").await, count(&app, "nobodys_accounts").await], [0, 0]);
}

/// However long the server was down: nobody registers twice because a mail did not come.
#[tokio::test]
async fn a_registration_is_followed_up_even_after_a_day() {
    let (smtp, app) = mailing(&[]).await;
    let client = Client::new(&app);
    client.post("/auth/register", json!({ "email": ADA, "password": NEW })).await;
    client.post("/auth/forgot-password", json!({ "email": EVE })).await;
    assert_eq!(count(&app, "link_requests").await, 2);
    app.advance(24 * 3600);
    jobs::sweep(&app.services).await.unwrap();
    assert_eq!(count(&app, "link_requests").await, 1);
    link(&smtp, &app, "verify-email").await;
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_where_accounts_are_hidden() {
    let settings = [("SEKISHO_SMTP_URL", "smtp://127.0.0.1:9"), ("SEKISHO_MAIL_FROM", "login@example.org")];
    let app = TestApp::with(&settings).await;
    for email in [ADA, EVE] {
        app.registered(email).await;
        jobs::post(&app.services).await.unwrap();
        let now = Some(app.services.clock.now());
        let mut tx = app.services.store.begin().await.unwrap();
        let found = accounts::find_by_email(&mut *tx, email).await.unwrap().unwrap();
        people::mark(&mut *tx, &found.id, people::Mark::Verified, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut ada = Visitor::new(&app);
    ada.log_in(ADA).await;
    let phone = ada.read_key().await;
    ada.post("/fn/totp-setup", &[("code", &phone.code(&app))]).await;
    let mut written = Vec::new();
    for email in [EVE, NOBODY] {
        let before = [count(&app, "outbox").await, count(&app, "one_time_tokens").await];
        assert_eq!(ada.post("/fn/email", &[("email", email)]).await.location(), Some("/security"), "{email}");
        assert!(ada.get("/security").await.text.contains(email));
        assert_eq!(count(&app, "outbox").await, before[0] + 1, "{email}");
        written.push(count(&app, "one_time_tokens").await);
    }
    assert_eq!(written[0], written[1], "one takes the place of the other");
    let log = Log::capture();
    jobs::post(&app.services).await.unwrap();
    assert!(!log.text().contains("was dropped"), "nothing that an operator has to act on");
    let dropped = "outbox WHERE kind = 'feigned' AND dropped_at IS NOT NULL";
    assert_eq!(count(&app, dropped).await, 1, "nobody gets what was written for the owner of a taken address");
}
