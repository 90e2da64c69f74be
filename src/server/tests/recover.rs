//! Links by mail in the browser: a forgotten password, an address to confirm, with and without scripts.

use super::app::{Folder, PASSWORD};
use super::smtp::Smtp;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::config::Config;
use crate::server::jobs;
use crate::server::passwords::reset;
use crate::server::store::{accounts, people};

const ADA: &str = "ada@example.test";
const NEW: &str = "eight lanterns by the river";
pub(super) const WAYS: [bool; 2] = [false, true];

/// A server that sends mail, with the defaults that follow from it.
pub(super) async fn mailing(more: &[(&str, &str)]) -> (Smtp, TestApp) {
    let smtp = Smtp::start().await;
    let settings = smtp.settings();
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    settings.extend(more);
    let app = TestApp::with(&settings).await;
    (smtp, app)
}

/// The newest link to `page` that was sent to anybody.
pub(super) async fn link(smtp: &Smtp, app: &TestApp, page: &str) -> String {
    while jobs::post(&app.services).await.unwrap() > 0 {}
    let texts = smtp.taken().into_iter().rev().map(|taken| super::eml::Eml::read(&taken.mail).text);
    let mut links = texts.filter_map(|text| {
        let found = text.split_once(&format!("/{page}?token="))?.1;
        Some(format!("/{page}?token={}", &found[..43]))
    });
    links.next().unwrap_or_else(|| panic!("no link to {page} came"))
}

pub(super) fn visitor(app: &TestApp, is_plain: bool) -> Visitor<'_> {
    if is_plain { Visitor::plain(app) } else { Visitor::new(app) }
}

/// What a form says: the page that follows, or why not.
async fn said(visitor: &mut Visitor<'_>, path: &str, fields: &[(&str, &str)]) -> (Option<String>, Option<Problem>) {
    let answer = visitor.post(path, fields).await;
    (answer.location().map(str::to_owned), answer.problem())
}

async fn register(visitor: &mut Visitor<'_>, email: &str) {
    let answer = visitor.post("/fn/register", &[("email", email), ("password", PASSWORD)]).await;
    assert_eq!(answer.location(), Some("/login"), "{:?}", answer.problem());
}

/// Registers and confirms in the same browser.
pub(super) async fn confirmed(smtp: &Smtp, app: &TestApp, email: &str) {
    let mut ada = Visitor::new(app);
    register(&mut ada, email).await;
    ada.get(&link(smtp, app, "verify-email").await).await;
    assert_eq!(ada.post("/fn/verify-email", &[]).await.location(), Some("/login"));
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_link_and_signs_nobody_in() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        confirmed(&smtp, &app, ADA).await;
        let mut signed_in = Visitor::new(&app);
        signed_in.log_in(ADA).await;
        let phone = signed_in.read_key().await;
        signed_in.post("/fn/totp-setup", &[("code", &phone.code(&app))]).await;

        let mut ada = visitor(&app, is_plain);
        assert!(ada.get("/login").await.text.contains("href=\"/forgot-password\""));
        for email in ["nobody@example.test", ADA] {
            let (next, _) = said(&mut ada, "/fn/forgot-password", &[("email", email)]).await;
            assert_eq!(next.as_deref(), Some("/forgot-password"));
            assert!(ada.get("/forgot-password").await.text.contains("If an account waits for it"));
        }
        let opened = ada.get(&link(&smtp, &app, "reset-password").await).await;
        assert_eq!((opened.status.as_u16(), opened.location()), (303, Some("/reset-password")));
        assert!(ada.get("/reset-password").await.text.contains("name=\"password\""));
        ada.post("/fn/reset-password", &[("password", "short")]).await;
        let done = said(&mut ada, "/fn/reset-password", &[("password", NEW)]).await;
        assert_eq!(done, (Some("/login".into()), None), "a weak one left the link working");
        assert!(!ada.cookies.contains_key("__Host-session") && !ada.cookies.contains_key("__Host-reset"));
        assert!(ada.get("/login").await.text.contains("Your new password is set"));
        assert_eq!(signed_in.get("/dashboard").await.location(), Some("/login"));
        let login = |password| [("email", ADA), ("password", password), ("next", "")];
        assert_eq!(
            Visitor::new(&app).post("/fn/login", &login(PASSWORD)).await.problem(),
            Some(Problem::BadCredentials)
        );
        assert_eq!(ada.post("/fn/login", &login(NEW)).await.location(), Some("/tfa"), "the second factor is asked");
    }
}

#[tokio::test]
async fn a_token_leaves_the_address_bar_at_once() {
    let (smtp, app) = mailing(&[]).await;
    confirmed(&smtp, &app, ADA).await;
    Visitor::new(&app).post("/fn/forgot-password", &[("email", ADA)]).await;
    let link = link(&smtp, &app, "reset-password").await;
    let token = link.split('=').nth(1).unwrap();
    let mut ada = Visitor::new(&app);
    let opened = ada.get(&link).await;
    assert_eq!(opened.location(), Some("/reset-password"));
    let cookie = opened.header("set-cookie");
    assert!(
        cookie.starts_with(&format!("__Host-reset={token}"))
            && cookie.contains("HttpOnly")
            && cookie.contains("Max-Age=600")
    );
    let page = ada.get("/reset-password").await;
    assert!(!page.text.contains(token) && page.header("referrer-policy").contains("same-origin"));
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn looking_at_a_link_twenty_times_spends_nothing() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        let mut ada = visitor(&app, is_plain);
        register(&mut ada, ADA).await;
        let verify = link(&smtp, &app, "verify-email").await;
        for _ in 0..20 {
            Visitor::new(&app).get(&verify).await;
            ada.get(&verify).await;
            ada.get("/verify-email").await;
        }
        let done = said(&mut ada, "/fn/verify-email", &[]).await;
        assert_eq!(done.0.as_deref(), Some("/login"), "{done:?}");
        ada.post("/fn/forgot-password", &[("email", ADA)]).await;
        let reset = link(&smtp, &app, "reset-password").await;
        for _ in 0..20 {
            Visitor::new(&app).get(&reset).await;
            ada.get(&reset).await;
            ada.get("/reset-password").await;
        }
        assert_eq!(said(&mut ada, "/fn/reset-password", &[("password", NEW)]).await.0.as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn no_step_can_be_skipped_and_a_used_truncated_or_foreign_link_is_said_to_be_none() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        confirmed(&smtp, &app, ADA).await;
        Visitor::new(&app).post("/fn/forgot-password", &[("email", ADA)]).await;
        let reset = link(&smtp, &app, "reset-password").await;
        let verify = link(&smtp, &app, "verify-email").await;
        let mut eve = visitor(&app, is_plain);
        let bad = |wanted: &str, (next, problem): (Option<String>, Option<Problem>)| {
            if is_plain {
                assert_eq!(next.as_deref(), Some(wanted))
            } else {
                assert_eq!(problem, Some(Problem::LinkBad))
            }
        };
        bad("/reset-password", said(&mut eve, "/fn/reset-password", &[("password", NEW)]).await);
        bad("/verify-email", said(&mut eve, "/fn/verify-email", &[]).await);
        bad("/verify-email/new-password", said(&mut eve, "/fn/claim-account", &[("password", NEW)]).await);
        for wrong in [&reset[..reset.len() - 1], "/reset-password?token=", "/reset-password?token=%0d%0aSet-Cookie:x"] {
            eve.get(wrong).await;
            assert!(eve.get("/reset-password").await.text.contains("used or too old"), "{wrong}");
            bad("/reset-password", said(&mut eve, "/fn/reset-password", &[("password", NEW)]).await);
        }
        // A link of one purpose opens no other page.
        eve.get(&verify.replace("verify-email", "reset-password")).await;
        bad("/reset-password", said(&mut eve, "/fn/reset-password", &[("password", NEW)]).await);
        eve.get(&reset).await;
        assert_eq!(said(&mut eve, "/fn/reset-password", &[("password", NEW)]).await.0.as_deref(), Some("/login"));
        eve.get(&reset).await;
        bad("/reset-password", said(&mut eve, "/fn/reset-password", &[("password", PASSWORD)]).await);
    }
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_whom_to_ask() {
    let app = TestApp::new().await;
    let page = Visitor::new(&app).get("/forgot-password").await.text;
    assert!(page.contains("sends no mail") && !page.contains("name=\"email\""));
    let page = Visitor::new(&app).get("/verify-email").await.text;
    assert!(page.contains("sends no mail") && !page.contains("name=\"email\""));
}

#[tokio::test]
async fn where_an_address_must_be_confirmed_the_browser_that_registered_has_one_button() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        let mut ada = visitor(&app, is_plain);
        register(&mut ada, ADA).await;
        let page = ada.get("/login").await.text;
        assert!(page.contains("Check your mail") && page.contains("href=\"/verify-email\""));
        let refused = ada.post("/fn/login", &[("email", ADA), ("password", PASSWORD), ("next", "")]).await;
        assert!(is_plain || refused.problem() == Some(Problem::BadCredentials));
        assert!(!is_plain || ada.get("/login").await.text.contains("not confirmed yet"), "one text covers it");
        ada.get(&link(&smtp, &app, "verify-email").await).await;
        let page = ada.get("/verify-email").await.text;
        assert!(page.contains("Confirm the address") && !page.contains("name=\"password\""));
        assert_eq!(said(&mut ada, "/fn/verify-email", &[]).await.0.as_deref(), Some("/login"));
        assert!(ada.get("/login").await.text.contains("Your address is confirmed"));
        assert_eq!(ada.log_in(ADA).await.location(), Some("/totp-setup"));
    }
}

#[tokio::test]
async fn another_link_is_sent_on_request_and_says_the_same_to_everybody() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        let mut ada = visitor(&app, is_plain);
        register(&mut ada, ADA).await;
        let first = link(&smtp, &app, "verify-email").await;
        for email in ["nobody@example.test", ADA] {
            let next = said(&mut ada, "/fn/verification-link", &[("email", email)]).await.0;
            assert_eq!(next.as_deref(), Some("/verify-email"));
            assert!(ada.get("/verify-email").await.text.contains("If an account waits for it"));
        }
        let second = link(&smtp, &app, "verify-email").await;
        assert_ne!(first, second);
        ada.get(&first).await;
        assert_eq!(said(&mut ada, "/fn/verify-email", &[]).await.0.as_deref(), Some("/login"), "the first one works");
    }
}

#[tokio::test]
async fn whoever_did_not_choose_the_password_is_asked_for_it_and_may_take_the_account_over() {
    for is_plain in WAYS {
        let (smtp, app) = mailing(&[]).await;
        let mut stranger = Visitor::new(&app);
        register(&mut stranger, ADA).await;
        let verify = link(&smtp, &app, "verify-email").await;
        let mut ada = visitor(&app, is_plain);
        ada.get(&verify).await;
        let page = ada.get("/verify-email").await.text;
        assert!(page.contains("not made in this browser") && page.contains("name=\"password\""));
        for (typed, problem) in [("", Problem::PasswordAsked), ("a wrong guess of mine", Problem::NotThatPassword)] {
            let (next, told) = said(&mut ada, "/fn/verify-email", &[("password", typed)]).await;
            if is_plain { assert_eq!(next.as_deref(), Some("/verify-email")) } else { assert_eq!(told, Some(problem)) }
        }
        let next = said(&mut ada, "/fn/claim-account", &[("password", NEW)]).await.0;
        assert_eq!(next.as_deref(), Some("/login"));
        let login = |password| [("email", ADA), ("password", password), ("next", "")];
        let refused = stranger.post("/fn/login", &login(PASSWORD)).await;
        assert_eq!(refused.problem(), Some(Problem::BadCredentials), "the stranger's password is dead");
        assert_eq!(ada.post("/fn/login", &login(NEW)).await.location(), Some("/totp-setup"));
        stranger.get(&verify).await;
        assert_eq!(stranger.post("/fn/verify-email", &[]).await.problem(), Some(Problem::LinkBad));
    }
}

#[tokio::test]
async fn the_right_password_in_another_browser_wipes_nothing() {
    let (smtp, app) = mailing(&[]).await;
    register(&mut Visitor::new(&app), ADA).await;
    let mut phone = Visitor::new(&app);
    phone.get(&link(&smtp, &app, "verify-email").await).await;
    assert_eq!(phone.post("/fn/verify-email", &[("password", PASSWORD)]).await.location(), Some("/login"));
    assert_eq!(phone.log_in(ADA).await.location(), Some("/totp-setup"));
}

#[tokio::test]
async fn whatever_a_stranger_prepared_ends_when_the_owner_takes_the_account_over() {
    // Where addresses need no confirmation a stranger may go further: sign in, enrol, ask for links.
    let (smtp, app) = mailing(&[("SEKISHO_EMAIL_VERIFICATION", "optional")]).await;
    let (mut stranger, phone) = app.enrolled(ADA).await;
    let codes = stranger.read_codes().await;
    stranger.post("/fn/recovery-codes", &[("code", &codes[0])]).await;
    stranger.post("/fn/forgot-password", &[("email", ADA)]).await;
    let reset = link(&smtp, &app, "reset-password").await;
    let mut half_way = Visitor::new(&app);
    half_way.log_in(ADA).await;

    let mut ada = Visitor::new(&app);
    ada.post("/fn/verification-link", &[("email", ADA)]).await;
    ada.get(&link(&smtp, &app, "verify-email").await).await;
    assert!(ada.get("/verify-email").await.text.contains("not made in this browser"));
    assert_eq!(ada.post("/fn/claim-account", &[("password", NEW)]).await.location(), Some("/login"));

    assert_ne!(stranger.get("/dashboard").await.status, 200, "the session");
    app.advance(60);
    assert_eq!(half_way.post("/fn/tfa", &[("code", &phone.code(&app))]).await.problem(), Some(Problem::LoginExpired));
    let mut eve = Visitor::new(&app);
    eve.get(&reset).await;
    assert_eq!(eve.post("/fn/reset-password", &[("password", PASSWORD)]).await.problem(), Some(Problem::LinkBad));
    let login = [("email", ADA), ("password", NEW), ("next", "")];
    assert_eq!(ada.post("/fn/login", &login).await.location(), Some("/totp-setup"), "the second factor");
    assert_eq!(ada.log_in(ADA).await.problem(), Some(Problem::BadCredentials), "the password");
}

#[tokio::test]
async fn once_confirmed_no_link_touches_the_second_factor() {
    let (smtp, app) = mailing(&[]).await;
    let mut first = Visitor::new(&app);
    register(&mut first, ADA).await;
    let early = link(&smtp, &app, "verify-email").await;
    first.post("/fn/verification-link", &[("email", ADA)]).await;
    let late = link(&smtp, &app, "verify-email").await;
    first.get(&late).await;
    assert_eq!(first.post("/fn/verify-email", &[]).await.location(), Some("/login"));
    let mut eve = Visitor::new(&app);
    eve.get(&early).await;
    let refused = eve.post("/fn/claim-account", &[("password", NEW)]).await.problem();
    assert_eq!(refused, Some(Problem::AlreadyVerified));
    assert_eq!(first.log_in(ADA).await.location(), Some("/totp-setup"), "nothing changed");
}

#[tokio::test]
async fn an_owner_who_registers_after_a_stranger_gets_the_account() {
    let (smtp, app) = mailing(&[]).await;
    register(&mut Visitor::new(&app), ADA).await;
    let mut ada = Visitor::new(&app);
    let answer = ada.post("/fn/register", &[("email", ADA), ("password", NEW)]).await;
    assert_eq!(answer.location(), Some("/login"));
    ada.get(&link(&smtp, &app, "verify-email").await).await;
    assert_eq!(ada.post("/fn/verify-email", &[("password", NEW)]).await.problem(), Some(Problem::NotThatPassword));
    assert_eq!(ada.post("/fn/claim-account", &[("password", NEW)]).await.location(), Some("/login"));
    let login = [("email", ADA), ("password", NEW), ("next", "")];
    assert_eq!(ada.post("/fn/login", &login).await.location(), Some("/totp-setup"));
    let found = accounts::find_by_email(app.services.store.read(), ADA).await.unwrap().unwrap();
    assert!(found.verified_at.is_some());
}

#[tokio::test]
async fn the_operator_makes_a_link_that_works_once_even_when_three_wait_in_mails() {
    let app = TestApp::new().await;
    let (signed_in, _) = app.enrolled(ADA).await;
    for _ in 0..4 {
        Visitor::new(&app).post("/fn/forgot-password", &[("email", ADA)]).await;
    }
    let id = accounts::find_by_email(app.services.store.read(), ADA).await.unwrap().unwrap().id;
    let owner = people::find(app.services.store.read(), &id).await.unwrap().unwrap();
    let link = reset::link(&app.services, &owner).await.unwrap();
    let mut ada = Visitor::new(&app);
    ada.get(link.strip_prefix("http://127.0.0.1:3000").unwrap()).await;
    assert_eq!(ada.post("/fn/reset-password", &[("password", NEW)]).await.location(), Some("/login"));
    assert_ne!(signed_in.clone().get("/dashboard").await.status, 200, "every session ends");
}

#[tokio::test]
async fn verification_required_later_locks_nobody_out_who_has_logged_in_and_asks_them_for_it() {
    let before = TestApp::new().await;
    let (_, phone) = before.enrolled(ADA).await;
    before.registered("eve@example.test").await;
    before.advance(60);
    let config = Config { email_verification_is_required: true, ..before.services.config.clone() };
    let app = TestApp::of(Folder::new(), config).await;
    app.advance(60);
    let mut ada = Visitor::new(&app);
    assert_eq!(ada.log_in(ADA).await.location(), Some("/tfa"));
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
    assert!(ada.get("/dashboard").await.text.contains("/verify-email"), "asked to confirm the address");
    let refused = Visitor::new(&app).log_in("eve@example.test").await;
    assert_eq!(refused.problem(), Some(Problem::BadCredentials), "who never logged in confirms first");
    app.advance(30 * 24 * 3600);
    crate::server::jobs::sweep(&app.services).await.unwrap();
    let eve = accounts::find_by_email(app.services.store.read(), "eve@example.test").await.unwrap();
    assert!(eve.is_some(), "accounts from before are not purged");
}
