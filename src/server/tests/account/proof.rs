//! What an open session alone must not do.

use super::{ADA, NEW, PASSWORD, TestApp, is_signed_in, proved, two_browsers};
use crate::model::Problem;

#[tokio::test]
async fn after_five_minutes_sensitive_pages_ask_who_one_is_and_lead_back() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    assert_eq!(ada.get("/security/email").await.status, 200, "a login counts");
    app.advance(6 * 60);
    assert_eq!(ada.get("/security/email").await.location(), Some("/confirm?next=%2Fsecurity%2Femail"));
    assert_eq!(ada.get("/account/data.json").await.location(), Some("/confirm?next=%2Faccount"));
    for path in ["/fn/email", "/fn/sessions-end", "/fn/session-end", "/fn/recovery-codes-new"] {
        let answer = ada.post(path, &[("email", "new@example.test"), ("name", "x")]).await;
        assert_eq!(answer.problem(), Some(Problem::LoginTooOld), "{path}");
    }
    ada.is_plain = true;
    let detour = ada.post("/fn/sessions-end", &[]).await;
    assert_eq!((detour.status.as_u16(), detour.location()), (303, Some("/confirm?next=%2Fsessions")));
    let page = ada.get("/confirm?next=%2Fsecurity%2Femail").await.text;
    assert!(page.contains("value=\"/security/email\"") && page.contains("last five minutes"));

    let stale = ada.clone();
    let done = proved(&mut ada, &phone, "/fn/confirm", &[("next", "/security/email")]).await;
    assert_eq!(done.location(), Some("/security/email"));
    assert_eq!(ada.get("/security/email").await.status, 200);
    assert_ne!(ada.cookies["__Host-session"], stale.cookies["__Host-session"]);
    assert!(!is_signed_in(&mut stale.clone()).await, "the old cookie opens nothing");
}

#[tokio::test]
async fn a_proof_needs_both_factors_and_spends_its_code() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let code = phone.code(&app);
    for (password, code, problem) in [
        ("wrong", code.as_str(), Problem::WrongPassword),
        (PASSWORD, "000000", Problem::WrongCode),
        (PASSWORD, "", Problem::CodeMalformed),
        (PASSWORD, "AAAAAA-AAAAAA-AAAAAA-AAAAAA", Problem::WrongCode),
    ] {
        let answer = ada.post("/fn/confirm", &[("current_password", password), ("code", code), ("next", "")]).await;
        assert_eq!(answer.problem(), Some(problem), "{password} {code}");
    }
    assert!(proved(&mut ada, &phone, "/fn/confirm", &[("next", "//evil.test")]).await.location() == Some("/dashboard"));
    let again = proved(&mut ada, &phone, "/fn/confirm", &[("next", "")]).await;
    assert_eq!(again.problem(), Some(Problem::CodeUsed));
    let recovery = ada.read_codes().await.remove(0);
    let fields = [("current_password", PASSWORD), ("code", recovery.as_str()), ("next", "")];
    assert!(
        ada.post("/fn/confirm", &fields).await.location().is_some(),
        "a recovery code stands in, and the sheet came along"
    );
    assert_eq!(ada.post("/fn/confirm", &fields).await.problem(), Some(Problem::WrongCode));
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_a_code_and_ends_every_other_place() {
    let app = TestApp::new().await;
    let (mut ada, mut other, phone) = two_browsers(&app).await;
    let old = ada.clone();
    let weak = proved(&mut ada, &phone, "/fn/password", &[("password", "short")]).await;
    assert_eq!(weak.problem(), Some(Problem::PasswordTooShort), "and the code is not spent");
    let same = proved(&mut ada, &phone, "/fn/password", &[("password", PASSWORD)]).await;
    assert_eq!(same.problem(), Some(Problem::PasswordSame));
    let done = proved(&mut ada, &phone, "/fn/password", &[("password", NEW)]).await;
    assert_eq!(done.location(), Some("/security"), "{:?}", done.problem());
    assert!(ada.get("/security").await.text.contains("Your password is changed"));
    assert!(is_signed_in(&mut ada).await);
    assert!(!is_signed_in(&mut other).await && !is_signed_in(&mut old.clone()).await);
    assert!(app.mails(1).await.iter().any(|mail| mail.contains("password was changed")));
}

/// Whoever found a session open could else ask as often as they like which password its owner has.
#[tokio::test]
async fn what_is_typed_as_a_new_password_tells_nothing_of_the_present_one() {
    let app = TestApp::new().await;
    let (mut thief, _) = app.enrolled(ADA).await;
    for (current, code) in [("a guess", "x"), ("a guess", "000000"), (PASSWORD, "x"), (PASSWORD, "000000")] {
        let mut answers = Vec::new();
        for new in [PASSWORD, NEW] {
            let fields = [("current_password", current), ("code", code), ("password", new)];
            answers.push(thief.post("/fn/password", &fields).await.problem());
        }
        let typed_twice = current == PASSWORD;
        assert!(typed_twice || answers[0] == answers[1], "{current} {code} {answers:?}");
        assert!(!typed_twice || answers[0] == Some(Problem::PasswordSame), "{current} {code} {answers:?}");
    }
}
