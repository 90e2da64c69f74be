//! Mail on its way: servers that fail, and rows that are over.

use super::TestApp;
use super::app::Folder;
use super::eml::Eml;
use super::log::Log;
use super::mail::account;
use super::smtp::{Fault, Smtp};
use crate::model::{AccountId, Language};
use crate::server::clock::Clock;
use crate::server::config::{Config, Security, SmtpConfig};
use crate::server::jobs;
use crate::server::keys::Token;
use crate::server::mail::{self, Message, Recipient};
use crate::server::services::Services;
use crate::server::store::{accounts, guards, outbox, people};
use std::collections::HashMap;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

const ADA: &str = "ada@example.test";

/// A server whose mail leaves by `smtp`, and an account.
async fn with_smtp(smtp: &Smtp) -> (TestApp, AccountId) {
    let settings = smtp.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.push(("SEKISHO_EMAIL_VERIFICATION", "optional"));
    let app = TestApp::with(&settings).await;
    let ada = account(&app, ADA, Language::En).await;
    (app, ada)
}

async fn write(services: &Services, account: &AccountId, count: usize) {
    let mut tx = services.store.begin().await.unwrap();
    for _ in 0..count {
        let message = Message::ResetPassword(Token::new().unwrap());
        mail::send(services, &mut tx, Recipient { account, email: ADA }, &message).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn deliver(app: &TestApp) -> usize {
    mail::deliver(&app.services).await.unwrap()
}

/// The ids of the messages that were taken.
fn ids(smtp: &Smtp) -> Vec<String> {
    smtp.taken().iter().map(|taken| Eml::read(&taken.mail).header("message-id").to_owned()).collect()
}

#[tokio::test]
async fn a_mail_leaves_by_smtp_once_and_is_erased() {
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    write(&app.services, &ada, 1).await;
    assert_eq!((deliver(&app).await, deliver(&app).await), (1, 0));
    let taken = smtp.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].from.starts_with("MAIL FROM:<login@example.org>") && taken[0].to.contains("<ada@example.test>"));
    let mail = Eml::read(&taken[0].mail);
    assert_eq!(mail.header("from"), "Sekisho <login@example.org>");
    assert!(mail.text.contains("http://127.0.0.1:3000/reset-password?token="));
    let rows = outbox::list(app.services.store.read(), 10).await.unwrap();
    assert!(rows.len() == 1 && rows[0].delivered_at.is_some() && rows[0].kind == "reset_password");
    assert!(!app.folder.0.join("mail").exists(), "nothing is kept beside");
    assert!(!app.dump().await.contains("Choose a new password"));
}

#[tokio::test]
async fn what_fails_for_now_comes_later_and_the_same_mail_has_the_same_id() {
    let log = Log::capture();
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    write(&app.services, &ada, 1).await;
    smtp.fail(&[Fault::Answer("451 4.7.1 <ada@example.test> come later"), Fault::Drop, Fault::TakeAndDrop]);
    for pause_s in [10, 20, 40] {
        assert_eq!(deliver(&app).await, 0);
        assert_eq!(deliver(&app).await, 0, "not at once again");
        app.advance(pause_s);
    }
    assert_eq!(deliver(&app).await, 1);
    app.advance(3600);
    assert_eq!(deliver(&app).await, 0);
    let ids = ids(&smtp);
    assert!(ids.len() == 2 && ids[0] == ids[1], "whoever gets it twice can tell: {ids:?}");
    assert!(log.text().contains("code 451") && !log.text().contains(ADA), "{}", log.text());
}

#[tokio::test]
async fn what_is_refused_for_good_is_dropped_with_a_reason_and_without_the_address() {
    let log = Log::capture();
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    write(&app.services, &ada, 2).await;
    smtp.fail(&[Fault::Answer("550 5.1.1 <ada@example.test> is nobody")]);
    assert_eq!(deliver(&app).await, 1, "the other one goes");
    app.advance(600);
    assert_eq!((deliver(&app).await, smtp.taken().len()), (0, 1));
    let rows = outbox::list(app.services.store.read(), 10).await.unwrap();
    assert_eq!(rows.iter().filter(|row| row.dropped_at.is_some()).count(), 1);
    assert!(log.text().contains("code 550") && !log.text().contains(ADA), "{}", log.text());
}

#[tokio::test]
async fn a_wrong_password_of_ours_loses_no_mail() {
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    write(&app.services, &ada, 1).await;
    smtp.fail(&[Fault::Answer("535 5.7.8 who are you"), Fault::Answer("530 5.7.0 log in first")]);
    assert_eq!(deliver(&app).await, 0);
    app.advance(10);
    assert_eq!(deliver(&app).await, 0);
    app.advance(20);
    assert_eq!(deliver(&app).await, 1);
}

#[tokio::test]
async fn a_server_that_hangs_delays_mail_and_nothing_else() {
    let smtp = Smtp::start().await;
    let folder = Folder::new();
    let mut settings = folder.settings(&[("SEKISHO_EMAIL_VERIFICATION", "optional")]);
    settings.extend(smtp.settings().into_iter().map(|(name, value)| (name.to_owned(), value)));
    let mut config = Config::from_map(settings).unwrap();
    config.mail.smtp.as_mut().unwrap().patience = Duration::from_secs(2);
    let app = TestApp::of(folder, config).await;
    let ada = account(&app, ADA, Language::En).await;
    write(&app.services, &ada, 6).await;
    smtp.fail(&[Fault::Hang]);
    let started = tokio::time::Instant::now();
    let (delivered, logged_in_after) = tokio::join!(deliver(&app), async {
        let mut visitor = super::Visitor::new(&app);
        assert_eq!(visitor.log_in(ADA).await.location(), Some("/totp-setup"));
        started.elapsed()
    });
    assert_eq!(delivered, 3, "those beside it leave, then the round ends: the next one may hang too");
    assert!(started.elapsed() >= Duration::from_secs(2) && logged_in_after < started.elapsed());
    app.advance(10);
    assert_eq!((deliver(&app).await, ids(&smtp).len()), (3, 6));
}

#[tokio::test]
async fn a_server_absent_for_ten_minutes_gets_every_mail_once() {
    let smtp = Smtp::start().await;
    let port = smtp.port;
    let (app, ada) = with_smtp(&smtp).await;
    drop(smtp);
    write(&app.services, &ada, 5).await;
    for _ in 0..60 {
        // A connection that is being set up when the task ends would still be taken.
        assert_eq!(deliver(&app).await, 0);
        app.advance(10);
    }
    let smtp = Smtp::start_at(port, None).await;
    for _ in 0..31 {
        deliver(&app).await;
        app.advance(10);
    }
    let mut ids = ids(&smtp);
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), smtp.taken().len()), (5, 5));
}

#[tokio::test]
async fn a_mail_that_is_of_no_use_any_more_is_never_sent() {
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    smtp.fail(&[Fault::Drop]);
    write(&app.services, &ada, 1).await;
    assert_eq!(deliver(&app).await, 0);
    app.advance(3600);
    assert_eq!((deliver(&app).await, smtp.taken().len()), (0, 0));
    let rows = outbox::list(app.services.store.read(), 10).await.unwrap();
    assert!(rows[0].dropped_at.is_some());
    assert!(
        outbox::due(app.services.store.read(), app.services.clock.now().plus_s(3600), 10).await.unwrap().is_empty()
    );
}

#[tokio::test]
async fn two_processes_deliver_each_mail_once() {
    let smtp = Smtp::start().await;
    let (app, ada) = with_smtp(&smtp).await;
    let now = app.services.clock.now().seconds();
    let other = Services::open(app.services.config.clone(), Clock::Test(AtomicI64::new(now))).await.unwrap();
    write(&app.services, &ada, 40).await;
    let drain = async |services: &Services| {
        for _ in 0..40 {
            mail::deliver(services).await.unwrap();
        }
    };
    tokio::join!(drain(&app.services), drain(&other));
    other.store.close().await;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for id in ids(&smtp) {
        *counts.entry(id).or_default() += 1;
    }
    assert!(counts.len() == 40 && counts.values().all(|count| *count == 1), "{counts:?}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_delays_mail_as_a_server_that_is_down() {
    let app = TestApp::new().await;
    let ada = account(&app, ADA, Language::En).await;
    let folder = app.folder.0.join("mail");
    std::fs::write(&folder, "in the way").unwrap();
    write(&app.services, &ada, 1).await;
    assert_eq!(deliver(&app).await, 0);
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(deliver(&app).await, 0, "not at once again");
    app.advance(10);
    assert_eq!(deliver(&app).await, 1);
    assert_eq!(app.mails(1).await.len(), 1);
}

#[tokio::test]
async fn certificates_are_judged_but_on_this_machine() {
    let folder = Folder::new();
    let files = super::tls::certificate(&folder, "smtp");
    let tls = crate::server::http::Tls::open(files).unwrap();
    let smtp = Smtp::start_at(0, Some(tls.acceptor())).await;
    let letter = || mail::Letter { to: ADA.into(), text: "Subject: x\r\n\r\nx\r\n".into() };
    let config = |is_loopback| SmtpConfig {
        host: "localhost".into(),
        port: smtp.port,
        security: Security::Tls,
        login: None,
        is_loopback,
        patience: Duration::from_secs(30),
    };
    let from = "login@example.org".parse().unwrap();
    let judged = mail::Smtp::open(&config(false), &from, "login.example.org").unwrap().send(&letter()).await;
    let said = format!("{judged:?}");
    assert!(said.contains("Later") && said.to_lowercase().contains("certificate"), "{said}");
    assert!(smtp.taken().is_empty());
    mail::Smtp::open(&config(true), &from, "login.example.org").unwrap().send(&letter()).await.unwrap();
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn a_commit_of_mail_wakes_the_delivery_and_no_other_does() {
    let app = TestApp::new().await;
    let ada = account(&app, ADA, Language::En).await;
    write(&app.services, &ada, 1).await;
    app.services.store.post().await;
    let mut tx = app.services.store.begin().await.unwrap();
    guards::put(&mut *tx, "something", "else").await.unwrap();
    tx.commit().await.unwrap();
    let woken = app.services.store.post();
    tokio::pin!(woken);
    tokio::select! {
        biased;
        () = &mut woken => panic!("that was no mail"),
        () = std::future::ready(()) => {}
    }
    write(&app.services, &ada, 1).await;
    tokio::time::timeout(Duration::from_secs(10), woken).await.unwrap();
}

#[tokio::test]
async fn what_is_over_is_swept_and_the_rest_stays() {
    let app = TestApp::new().await;
    let (ada, _) = app.enrolled(ADA).await;
    let mut half_way = app.registered("bob@example.test").await;
    half_way.log_in("bob@example.test").await;
    half_way.get("/totp-setup").await;
    let bob = accounts::find_by_email(app.services.store.read(), "bob@example.test").await.unwrap().unwrap().id;
    write(&app.services, &bob, 1).await;
    deliver(&app).await;
    write(&app.services, &bob, 1).await;
    jobs::sweep(&app.services).await.unwrap();
    let mut here = ada.clone();
    assert_eq!(here.get("/dashboard").await.status, 200, "what lives stays");
    assert_eq!(outbox::list(app.services.store.read(), 10).await.unwrap().len(), 3);
    let kept = std::fs::read_dir(app.folder.0.join("mail")).unwrap().count();
    assert_eq!(kept, 2);

    app.advance(8 * 24 * 3600);
    assert!(jobs::sweep(&app.services).await.unwrap() >= 3);
    assert_eq!(std::fs::read_dir(app.folder.0.join("mail")).unwrap().count(), 0, "a link that is over is not kept");
    let rows = outbox::list(app.services.store.read(), 10).await.unwrap();
    assert!(rows.iter().all(|row| row.delivered_at.is_some() || row.dropped_at.is_some()));
    for table in ["sessions", "pending_logins", "enrolments", "one_time_tokens"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    app.advance(30 * 24 * 3600);
    jobs::sweep(&app.services).await.unwrap();
    assert_eq!(count(&app, "outbox").await, 0);
    assert_eq!(count(&app, "accounts").await, 2, "nobody had to verify");
    assert_eq!(jobs::sweep(&app.services).await.unwrap(), 0);
}

async fn count(app: &TestApp, table: &str) -> i64 {
    let text = match table {
        "sessions" => "SELECT COUNT(*) FROM sessions",
        "pending_logins" => "SELECT COUNT(*) FROM pending_logins",
        "enrolments" => "SELECT COUNT(*) FROM enrolments",
        "one_time_tokens" => "SELECT COUNT(*) FROM one_time_tokens",
        "outbox" => "SELECT COUNT(*) FROM outbox",
        _ => "SELECT COUNT(*) FROM accounts",
    };
    sqlx::query_scalar(text).fetch_one(app.services.store.read()).await.unwrap()
}

#[tokio::test]
async fn only_accounts_that_nobody_verified_or_used_are_purged_after_seven_days() {
    let app = TestApp::with(&[("SEKISHO_EMAIL_VERIFICATION", "required")]).await;
    for name in ["left", "verified", "used", "late"] {
        app.registered(&format!("{name}@example.test")).await;
    }
    let find = async |name: &str| {
        let email = format!("{name}@example.test");
        accounts::find_by_email(app.services.store.read(), &email).await.unwrap().map(|account| account.id)
    };
    let (verified, used) = (find("verified").await.unwrap(), find("used").await.unwrap());
    let mut tx = app.services.store.begin().await.unwrap();
    people::mark(&mut *tx, &verified, people::Mark::Verified, Some(app.services.clock.now())).await.unwrap();
    let origin = crate::server::audit::Origin::by_name("x");
    let kind = crate::model::views::EventKind::LoggedIn;
    crate::server::audit::record(&app.services, &mut tx, &used, kind, &origin).await.unwrap();
    tx.commit().await.unwrap();
    app.advance(7 * 24 * 3600 - 1);
    app.registered("young@example.test").await;
    jobs::sweep(&app.services).await.unwrap();
    assert!(find("left").await.is_some(), "a second too early");
    app.advance(1);
    jobs::sweep(&app.services).await.unwrap();
    for (name, stays) in [("left", false), ("late", false), ("verified", true), ("used", true), ("young", true)] {
        assert_eq!(find(name).await.is_some(), stays, "{name}");
    }
}
