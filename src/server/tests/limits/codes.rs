//! Guesses at the second factor.

use super::super::Visitor;
use super::super::app::PASSWORD;
use super::super::rest::Client;
use super::{ADA, besiege, guarded, times_told};
use crate::model::Problem;
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::sessions;
use serde_json::json;

#[tokio::test]
async fn ten_wrong_codes_in_a_quarter_of_an_hour_are_the_most_over_all_logins() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    app.advance(60);
    let wrong = wrong_code(&phone.code(&app));
    for _ in 0..2 {
        ada.log_in(ADA).await;
        for _ in 0..5 {
            ada.post("/fn/tfa", &[("code", &wrong)]).await;
        }
    }
    ada.log_in(ADA).await;
    let refused = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (429, Some(Problem::TooManyCodes { wait_s: 900 })));
    let api = Client::new(&app).log_in_with(ADA, &phone.code(&app)).await;
    assert_eq!(api.said(), (429, json!("TOO_MANY_REQUESTS")));
    assert_eq!(times_told(&app, ADA).await, 1);
    assert_eq!(ada.clone().post("/fn/tfa", &[("code", &codes[0])]).await.location(), Some("/dashboard"));
    app.advance(900);
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
}

#[tokio::test]
async fn codes_asked_once_more_in_a_session_count_with_those_of_logins() {
    let app = guarded().await;
    let (ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let right = phone.code(&app);
    let cookie = Token::parse(&ada.cookies["__Host-session"]).unwrap();
    let session = sessions::current(&app.services, &cookie).await.unwrap().unwrap();
    let origin = Origin::of_the_server();
    let mut refusals = Vec::new();
    for number in 0..11 {
        let code = if number < 10 { wrong_code(&right) } else { right.clone() };
        let proof = sessions::Proof { password: PASSWORD.to_owned(), code };
        let refused = sessions::confirm(&app.services, &origin, &session, proof, "/security").await.err();
        refusals.push(refused.map(Failure::into_problem));
    }
    assert_eq!(refusals.pop(), Some(Some(Problem::TooManyCodes { wait_s: 900 })));
    assert!(refusals.iter().all(|refused| *refused == Some(Problem::WrongCode)), "{refusals:?}");
    assert_eq!(Client::new(&app).log_in_with(ADA, &right).await.said(), (429, json!("TOO_MANY_REQUESTS")));
}

#[tokio::test]
async fn after_100_wrong_codes_in_a_row_only_a_recovery_code_and_a_new_app_help() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    for number in 0..100 {
        if number % 5 == 0 {
            app.advance(450);
            ada.log_in(ADA).await;
        }
        let answer = ada.post("/fn/tfa", &[("code", &wrong_code(&phone.code(&app)))]).await;
        assert!(matches!(answer.status.as_u16(), 401 | 422), "{number} {}", answer.text);
    }
    app.advance(365 * 24 * 60 * 60);
    ada.log_in(ADA).await;
    let refused = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!((refused.status.as_u16(), refused.problem()), (429, Some(Problem::CodesOff)));
    assert_eq!(ada.post("/fn/tfa", &[("code", &codes[0])]).await.location(), Some("/totp-setup"));
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.location(), Some("/totp-setup"));
    let new = ada.read_key().await;
    assert_eq!(ada.post("/fn/totp-setup", &[("code", &new.code(&app))]).await.location(), Some("/recovery-codes"));
    app.advance(60);
    let mut again = Visitor::new(&app);
    again.log_in(ADA).await;
    assert_eq!(again.post("/fn/tfa", &[("code", &new.code(&app))]).await.location(), Some("/dashboard"));
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.problem(), Some(Problem::AlreadyEnrolled));
}

#[tokio::test]
async fn wrong_passwords_never_touch_the_second_factor() {
    let app = guarded().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    besiege(&app, ADA, 20).await;
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.location(), Some("/dashboard"));
}

fn wrong_code(right: &str) -> String {
    format!("{:06}", (right.parse::<u32>().unwrap() + 500_000) % 1_000_000)
}
