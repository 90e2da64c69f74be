//! What the log tells of a tour through everything that matters (ASVS 16.3).

use super::app::{Answer, Folder, PASSWORD, Phone};
use super::log::Log;
use super::rest::Client;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::admin::{self, Hand};
use crate::server::audit::{self, Origin};
use crate::server::config::Config;
use crate::server::http;
use crate::server::tokens;
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const ADA: &str = "ada@example.test";
const NEW: &str = "eight lanterns by the river";

/// Kinds of events, each of which the tour meets.
const WANTED: [&str; 31] = [
    "registered",
    "email_verified",
    "password_accepted",
    "logged_in",
    "logged_in_with_recovery_code",
    "password_refused",
    "code_refused",
    "throttled",
    "second_factor_on",
    "second_factor_replaced",
    "second_factor_off",
    "second_factor_reset",
    "recovery_codes_made",
    "confirmed",
    "reset_asked",
    "password_changed",
    "email_change_asked",
    "email_changed",
    "email_change_undone",
    "not_me",
    "session_ended",
    "other_sessions_ended",
    "logged_out",
    "left",
    "came_back",
    "access_changed",
    "account_governed",
    "foreign_request_refused",
    "rights_refused",
    "signing_key_changed",
    "settings_changed",
];

/// Each line of the log, taken apart.
fn lines(log: &Log) -> Vec<Value> {
    log.text().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))).collect()
}

/// Opens a link to `page` that was not opened before, and presses its button.
async fn follow(
    visitor: &mut Visitor<'_>,
    opened: &mut Vec<String>,
    (page, button): (&str, &str),
    fields: &[(&str, &str)],
) {
    let token = visitor.app.mailed_token(page, opened).await;
    visitor.get(&format!("/{page}?token={token}")).await;
    done(visitor.post(button, fields).await);
    opened.push(token);
}

fn done(answer: Answer) {
    assert!(answer.location().is_some(), "{:?}", answer.problem());
}

/// Logs in with both factors, after the code of the last login.
async fn enter(visitor: &mut Visitor<'_>, phone: &Phone) {
    visitor.app.advance(60);
    done(visitor.log_in(ADA).await);
    done(visitor.post("/fn/tfa", &[("code", &phone.code(visitor.app))]).await);
}

/// Sends a form with both factors.
async fn prove(visitor: &mut Visitor<'_>, phone: &Phone, path: &str, more: &[(&str, &str)]) {
    visitor.app.advance(60);
    let code = phone.code(visitor.app);
    done(visitor.post(path, &[&[("current_password", PASSWORD), ("code", &code)], more].concat()).await);
}

/// Somebody who signs in everywhere, mistypes, changes everything, leaves and comes back.
async fn a_full_life(app: &TestApp) {
    let (mut ada, mut opened) = (app.registered(ADA).await, Vec::new());
    done(ada.log_in(ADA).await);
    done(ada.post("/fn/totp-restart", &[]).await);
    let mut phone = ada.read_key().await;
    done(ada.post("/fn/totp-setup", &[("code", &phone.code(app))]).await);
    let codes = ada.read_codes().await;
    done(ada.post("/fn/verification-link", &[("email", ADA)]).await);
    follow(&mut ada, &mut opened, ("verify-email", "/fn/verify-email"), &[]).await;
    let mut other = Visitor::new(app);
    other.post("/fn/login", &[("email", ADA), ("password", "not the right one"), ("next", "")]).await;
    other.log_in(ADA).await;
    other.post("/fn/tfa", &[("code", "000000")]).await;
    done(other.post("/fn/tfa", &[("code", &codes[0])]).await);
    prove(&mut ada, &phone, "/fn/confirm", &[("next", "")]).await;
    let page = ada.get("/sessions").await.text;
    let name = page.split("name=\"name\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    done(ada.post("/fn/session-end", &[("name", name)]).await);
    enter(&mut other, &phone).await;
    done(ada.post("/fn/sessions-end", &[]).await);
    prove(&mut ada, &phone, "/fn/totp-replace", &[]).await;
    phone = ada.read_key().await;
    done(ada.post("/fn/totp-setup", &[("code", &phone.code(app))]).await);
    prove(&mut ada, &phone, "/fn/totp-remove", &[]).await;
    done(ada.post("/fn/logout", &[]).await);
}

/// Somebody whose address changes and changes back.
async fn a_change_of_address(app: &TestApp) {
    let ((mut ada, _), mut opened) = (app.enrolled(ADA).await, Vec::new());
    done(ada.post("/fn/email", &[("email", "ada@new.test")]).await);
    follow(&mut ada, &mut opened, ("verify-email", "/fn/verify-email"), &[]).await;
    follow(&mut Visitor::new(app), &mut opened, ("undo-email", "/fn/undo-email"), &[]).await;
    follow(&mut Visitor::new(app), &mut opened, ("reset-password", "/fn/reset-password"), &[("password", NEW)]).await;
}

/// Somebody who forgets, finds a stranger in the account, leaves and comes back.
async fn an_end_and_a_return(app: &TestApp) {
    let ((mut ada, phone), mut opened) = (app.enrolled(ADA).await, Vec::new());
    done(ada.post("/fn/forgot-password", &[("email", ADA)]).await);
    opened.push(app.mailed_token("reset-password", &[]).await);
    enter(&mut Visitor::new(app), &phone).await;
    follow(&mut Visitor::new(app), &mut opened, ("not-me", "/fn/not-me-link"), &[]).await;
    let again = ("reset-password", "/fn/reset-password");
    follow(&mut Visitor::new(app), &mut opened, again, &[("password", PASSWORD)]).await;
    enter(&mut ada, &phone).await;
    prove(&mut ada, &phone, "/fn/account-delete", &[]).await;
    enter(&mut ada, &phone).await;
}

/// What superusers, strangers and the operator do.
async fn others_at_work(app: &TestApp) {
    let (root, phone) = Client::superuser(app, "root@example.test").await;
    let (bob, _) = Client::enrolled(app, "bob@example.test").await;
    let id = bob.get("/users/me").await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(bob.get(&format!("/users/{id}")).await.status, 403);
    assert_eq!(root.patch(&format!("/users/{id}"), json!({ "is_active": false })).await.status, 200);
    let account = id.as_str().to_owned().into();
    admin::reset_second_factor(&app.services, &Hand::Operator, &Origin::of_the_server(), &account).await.unwrap();
    let foreign = Request::post("/fn/logout").header("sec-fetch-site", "cross-site").body(Body::empty());
    assert_eq!(Visitor::new(app).send(foreign.unwrap()).await.status, 403);
    for _ in 0..12 {
        Visitor::at(app, "192.0.2.7").log_in("nobody@example.test").await;
    }
    for _ in 0..2 {
        app.advance(60);
        let answer = Client::new(app).log_in_with("root@example.test", &phone.code(app)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        tokens::rotate_keys(&app.services.store, &app.services.keys, app.services.clock.now()).await.unwrap();
    }
}

#[tokio::test]
async fn the_log_tells_everything_of_a_tour_and_names_the_request_it_came_of() {
    let log = Log::capture();
    let optional = ("SEKISHO_SECOND_FACTOR", "optional");
    a_full_life(&TestApp::with(&[optional]).await).await;
    a_change_of_address(&TestApp::new().await).await;
    an_end_and_a_return(&TestApp::new().await).await;
    let guarded = TestApp::with(&[("SEKISHO_THROTTLE", "on")]).await;
    others_at_work(&guarded).await;
    audit::note_settings(&guarded.services).await.unwrap();
    let mut config = guarded.services.config.clone();
    config.given = Config::from_map(guarded.folder.settings(&[optional])).unwrap().given;
    let next = TestApp::of(Folder::new(), config).await;
    audit::note_settings(&next.services).await.unwrap();
    audit::note_settings(&next.services).await.unwrap();

    let lines = lines(&log);
    let kinds: BTreeSet<&str> = lines.iter().filter_map(|line| line["kind"].as_str()).collect();
    let missing: Vec<_> = WANTED.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing");
    let of = |kind: &str| lines.iter().find(|line| line["kind"] == kind).unwrap();
    for kind in ["logged_in", "foreign_request_refused", "rights_refused", "password_refused"] {
        assert_eq!(of(kind)["span"]["id"].as_str().map(str::len), Some(8), "{kind} tells its request");
        assert!(of(kind)["timestamp"].as_str().unwrap().ends_with('Z'), "times are UTC");
    }
    let told: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "settings_changed").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["names"].as_str().unwrap().contains("SEKISHO_SECOND_FACTOR") && !log.text().contains("optional"));
    let governed = of("account_governed");
    assert!(lines.iter().any(|line| line["actor"] == "operator" && line["after"] == "no second factor"), "{governed}");
    assert!(
        lines.iter().any(|line| line["before"] == "" && line["after"] == "disabled" && line["actor"] != "operator")
    );
}

#[tokio::test]
async fn a_failed_request_is_told_with_the_number_that_its_lines_bear() {
    let log = Log::capture();
    let app = TestApp::new().await;
    #[expect(unreachable_code, reason = "gives the handler a type")]
    let broken = get(|| async {
        panic!("on purpose");
        "never"
    });
    let web = http::Web::new(Router::new().route("/broken", broken), Arc::clone(&app.services), None);
    let answer = Visitor::send_to(&web, Request::get("/broken").body(Body::empty()).unwrap()).await;
    let Some(Problem::Internal { incident }) = answer.problem() else { panic!("{}", answer.text) };
    let failed = lines(&log).into_iter().find(|line| line["message"] == "A request failed.").unwrap();
    let number = format!("{incident:08x}");
    assert_eq!((failed["incident"].as_str(), failed["span"]["id"].as_str()), (Some(&*number), Some(&*number)));
}
