//! Notices, and the links by which owners object to what they tell.

use super::{ADA, NEW, PASSWORD, TestApp, Visitor, is_signed_in, proved, two_browsers};
use crate::model::Problem;

const THIEF: &str = "thief@example.test";

async fn has_mail(app: &TestApp, word: &str) -> bool {
    app.mails(1).await.iter().any(|mail| mail.contains(word))
}

/// Opens the link as a mail program does, and gives the page it leads to.
async fn open(visitor: &mut Visitor<'_>, page: &str, token: &str) -> String {
    assert_eq!(visitor.get(&format!("/{page}?token={token}")).await.location(), Some(format!("/{page}").as_str()));
    visitor.get(&format!("/{page}")).await.text
}

#[tokio::test]
async fn the_link_of_a_notice_signs_everybody_out_once_and_only_by_its_button() {
    let app = TestApp::new().await;
    let (mut ada, mut other, _) = two_browsers(&app).await;
    assert!(has_mail(&app, "New login to your account").await, "from another browser");
    let token = app.mailed_token("not-me", &[]).await;
    let mut reader = Visitor::plain(&app);
    for _ in 0..20 {
        assert!(open(&mut reader, "not-me", &token).await.contains("/fn/not-me-link"));
    }
    assert!(is_signed_in(&mut ada).await && is_signed_in(&mut other).await, "looking changes nothing");
    assert_eq!(reader.post("/fn/not-me-link", &[]).await.location(), Some("/login"));
    let known = Visitor::new(&app).log_in(ADA).await;
    assert_eq!(known.problem(), Some(Problem::BadCredentials), "who knows the password is out too");
    assert!(!is_signed_in(&mut ada).await && !is_signed_in(&mut other).await);
    app.mailed_token("reset-password", &[]).await;
    assert!(!open(&mut reader, "not-me", &token).await.contains("/fn/not-me-link"));
    reader.is_plain = false;
    assert_eq!(reader.post("/fn/not-me-link", &[]).await.problem(), Some(Problem::LinkBad));
    reader.cookies.clear();
    assert_eq!(reader.post("/fn/not-me-link", &[]).await.problem(), Some(Problem::LinkBad));
}

#[tokio::test]
async fn a_change_of_address_is_taken_back_from_the_old_mailbox() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    ada.post("/fn/email", &[("email", THIEF)]).await;
    let confirm = app.mailed_token("verify-email", &[]).await;
    open(&mut ada, "verify-email", &confirm).await;
    let done = ada.post("/fn/verify-email", &[]).await;
    assert!(done.problem().is_none(), "{:?}", done.problem());
    let undo = app.mailed_token("undo-email", &[]).await;
    let mut owner = Visitor::new(&app);
    assert!(open(&mut owner, "undo-email", &undo).await.contains("/fn/undo-email"));
    assert_eq!(owner.post("/fn/undo-email", &[]).await.location(), Some("/login"));
    assert!(!is_signed_in(&mut ada).await);
    assert_eq!(owner.log_in(THIEF).await.problem(), Some(Problem::BadCredentials));
    assert_eq!(owner.log_in(ADA).await.problem(), Some(Problem::BadCredentials), "until there is a new password");
    assert_eq!(owner.post("/fn/undo-email", &[]).await.problem(), Some(Problem::LinkBad));
    let reset = app.mailed_token("reset-password", &[]).await;
    open(&mut owner, "reset-password", &reset).await;
    assert_eq!(owner.post("/fn/reset-password", &[("password", NEW)]).await.location(), Some("/login"));
    let back = owner.post("/fn/login", &[("email", ADA), ("password", NEW), ("next", "")]).await;
    assert_eq!(back.location(), Some("/tfa"), "the old address counts again, the second factor is asked");
}

#[tokio::test]
async fn leaving_and_coming_back_does_not_silence_the_owner() {
    let app = TestApp::new().await;
    let (mut thief, phone) = app.enrolled(ADA).await;
    thief.post("/fn/email", &[("email", THIEF)]).await;
    let confirm = app.mailed_token("verify-email", &[]).await;
    open(&mut thief, "verify-email", &confirm).await;
    thief.post("/fn/verify-email", &[]).await;
    let undo = app.mailed_token("undo-email", &[]).await;
    app.advance(60);
    assert_eq!(proved(&mut thief, &phone, "/fn/account-delete", &[]).await.location(), Some("/login"));
    let mut owner = Visitor::new(&app);
    open(&mut owner, "undo-email", &undo).await;
    assert_eq!(owner.post("/fn/undo-email", &[]).await.location(), Some("/login"));
    app.advance(20 * 24 * 3600);
    assert_eq!(crate::server::accounts::delete_left(&app.services).await.unwrap(), 0, "who objects has not left");
}

#[tokio::test]
async fn a_password_checked_before_a_reset_opens_nothing_after_it() {
    let app = TestApp::new().await;
    app.enrolled(ADA).await;
    let found = crate::server::store::accounts::find_by_email(app.services.store.read(), ADA).await.unwrap().unwrap();
    let mut tx = app.services.store.begin().await.unwrap();
    let held = crate::server::store::accounts::hold(&mut *tx, &found.id, &found.password_hash).await;
    assert_eq!(held.unwrap(), Some(1), "with one authenticator");
    crate::server::store::people::set_password(&mut *tx, &found.id, "another").await.unwrap();
    let held = crate::server::store::accounts::hold(&mut *tx, &found.id, &found.password_hash).await;
    assert_eq!(held.unwrap(), None);
}

#[tokio::test]
async fn owners_hear_of_guesses_and_repeated_codes() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let recovery = ada.read_codes().await.remove(0);
    let mut eve = Visitor::new(&app);
    eve.log_in(ADA).await;
    assert_eq!(eve.post("/fn/tfa", &[("code", &phone.code(&app))]).await.problem(), Some(Problem::CodeUsed));
    assert!(has_mail(&app, "used twice").await);
    eve.log_in(ADA).await;
    for _ in 0..3 {
        eve.post("/fn/tfa", &[("code", "000000")]).await;
    }
    assert!(has_mail(&app, "three wrong codes").await);
    eve.log_in(ADA).await;
    eve.post("/fn/tfa", &[("code", &recovery)]).await;
    assert!(has_mail(&app, "A recovery code was used").await);
}

#[tokio::test]
async fn a_right_password_after_ten_wrong_ones_is_told() {
    let app = TestApp::with(&[("SEKISHO_THROTTLE", "on")]).await;
    app.enrolled(ADA).await;
    let mut eve = Visitor::new(&app);
    for _ in 0..10 {
        app.advance(16 * 60);
        let wrong = eve.post("/fn/login", &[("email", ADA), ("password", "wrong guess"), ("next", "")]).await;
        assert_eq!(wrong.problem(), Some(Problem::BadCredentials));
    }
    app.advance(16 * 60);
    eve.post("/fn/login", &[("email", ADA), ("password", PASSWORD), ("next", "")]).await;
    assert!(has_mail(&app, "after many wrong tries").await);
}
