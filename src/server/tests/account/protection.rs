//! Another authenticator, or none.

use super::{ADA, OPTIONAL, TestApp, Visitor, is_signed_in, proved, two_browsers};
use crate::model::Problem;

#[tokio::test]
async fn an_authenticator_is_replaced_after_a_proof_and_the_old_one_works_until_then() {
    let app = TestApp::new().await;
    let (mut ada, mut other, phone) = two_browsers(&app).await;
    assert_eq!(ada.get("/totp-setup").await.location(), Some("/dashboard"), "a session alone shows no secret");
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.problem(), Some(Problem::AlreadyEnrolled));
    let started = proved(&mut ada, &phone, "/fn/totp-replace", &[]).await;
    assert_eq!(started.location(), Some("/totp-setup"), "{:?}", started.problem());
    assert_eq!(other.get("/totp-setup").await.location(), Some("/dashboard"), "only where it was proved");
    let new_phone = ada.read_key().await;
    assert_ne!(new_phone.0, phone.0);
    app.advance(60);
    let mut third = Visitor::new(&app);
    third.log_in(ADA).await;
    assert_eq!(third.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
    let codes = ada.read_codes().await;

    assert_eq!(ada.post("/fn/totp-setup", &[("code", "000000")]).await.problem(), Some(Problem::WrongCode));
    let done = ada.post("/fn/totp-setup", &[("code", &new_phone.code(&app))]).await;
    assert_eq!(done.location(), Some("/recovery-codes"), "{:?}", done.problem());
    assert_ne!(ada.read_codes().await, codes, "the old set is dead");
    assert!(is_signed_in(&mut ada).await && !is_signed_in(&mut other).await && !is_signed_in(&mut third).await);
    app.advance(60);
    third.log_in(ADA).await;
    assert_eq!(third.post("/fn/tfa", &[("code", &phone.code(&app))]).await.problem(), Some(Problem::WrongCode));
    assert_eq!(third.post("/fn/tfa", &[("code", &new_phone.code(&app))]).await.location(), Some("/dashboard"));
    app.mails(2).await;
}

#[tokio::test]
async fn a_second_factor_is_turned_off_only_where_that_is_up_to_people_and_by_both_factors() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let refused = proved(&mut ada, &phone, "/fn/totp-remove", &[]).await;
    assert_eq!(refused.problem(), Some(Problem::SecondFactorRequired));

    let app = TestApp::with(&OPTIONAL).await;
    let mut ada = app.registered(ADA).await;
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.location(), Some("/totp-setup"));
    let phone = ada.read_key().await;
    ada.post("/fn/totp-setup", &[("code", &phone.code(&app))]).await;
    app.advance(60);
    assert!(ada.get("/security").await.text.contains("/security/remove-authenticator"));
    let wrong = ada.post("/fn/totp-remove", &[("current_password", super::PASSWORD), ("code", "000000")]).await;
    assert_eq!(wrong.problem(), Some(Problem::WrongCode));
    let mut other = Visitor::new(&app);
    other.log_in(ADA).await;
    other.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    app.advance(60);
    let done = proved(&mut ada, &phone, "/fn/totp-remove", &[]).await;
    assert_eq!(done.location(), Some("/security"), "{:?}", done.problem());
    assert!(is_signed_in(&mut ada).await && !is_signed_in(&mut other).await);
    assert_eq!(other.log_in(ADA).await.location(), Some("/dashboard"), "the password alone opens it now");
    app.mails(2).await;
}
