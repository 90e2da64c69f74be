//! Codes: once, in time, and nothing before them.

use super::app::PASSWORD;
use super::{TestApp, Visitor};
use crate::model::Problem;

const ADA: &str = "ada@example.test";

async fn at_the_code_page(app: &TestApp) -> Visitor<'_> {
    let mut ada = Visitor::new(app);
    assert_eq!(ada.log_in(ADA).await.location(), Some("/tfa"));
    ada
}

#[tokio::test]
async fn of_50_parallel_uses_of_a_code_one_succeeds() {
    let app = TestApp::new().await;
    let (_, phone) = app.enrolled(ADA).await;
    app.advance(60);
    assert_eq!(successes_of_50_at_once(&app, &phone.code(&app)).await, 1);
}

#[tokio::test]
async fn of_50_parallel_uses_of_a_recovery_code_one_succeeds() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let code = ada.read_codes().await.remove(0);
    assert_eq!(successes_of_50_at_once(&app, &code).await, 1);
    assert!(ada.get("/dashboard").await.text.contains("Recovery codes left: 9"));
}

/// Ten logins wait for a code; each gets the same one five times, all at once.
async fn successes_of_50_at_once(app: &TestApp, code: &str) -> usize {
    let mut visitors = Vec::new();
    for _ in 0..10 {
        visitors.push(at_the_code_page(app).await);
    }
    let tries = (0..50).map(|number| {
        let mut visitor = visitors[number % 10].clone();
        async move { visitor.post("/fn/tfa", &[("code", code)]).await.location().is_some() }
    });
    futures_join(tries).await.into_iter().filter(|success| *success).count()
}

async fn futures_join<T>(tries: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut tries: Vec<_> = tries.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        tries.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if tries.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

#[tokio::test]
async fn the_code_that_enrolled_does_not_log_in() {
    let app = TestApp::new().await;
    let (_, phone) = app.enrolled(ADA).await;
    let mut ada = at_the_code_page(&app).await;
    let answer = ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!(answer.problem(), Some(Problem::CodeUsed));
}

#[tokio::test]
async fn half_way_nothing_but_the_code_page_opens() {
    let app = TestApp::new().await;
    app.enrolled(ADA).await;
    let mut ada = at_the_code_page(&app).await;
    assert!(!ada.cookies.contains_key("__Host-session"));
    for page in ["/dashboard", "/recovery-codes"] {
        assert!(ada.get(page).await.location().unwrap().starts_with("/login"), "{page}");
    }
    assert_eq!(ada.get("/totp-setup").await.location(), Some("/tfa"));
    assert_eq!(ada.get("/recovery-codes.txt").await.location(), Some("/login?next=%2Frecovery-codes"));
    for function in ["/fn/dashboard", "/fn/recovery-sheet", "/fn/recovery-codes"] {
        assert_eq!(ada.post(function, &[("code", "x")]).await.problem(), Some(Problem::SignedOut), "{function}");
    }
    for function in ["/fn/enrolment", "/fn/totp-setup", "/fn/totp-restart"] {
        assert_eq!(
            ada.post(function, &[("code", "123456")]).await.problem(),
            Some(Problem::AlreadyEnrolled),
            "{function}"
        );
    }
    // The cookie of one purpose is no cookie of the other.
    let mfa = ada.cookies.remove("__Host-mfa").unwrap();
    ada.cookies.insert("__Host-session".into(), mfa);
    assert_eq!(ada.get("/dashboard").await.location(), Some("/login"));
}

#[tokio::test]
async fn five_wrong_codes_or_five_minutes_end_the_login() {
    let app = TestApp::new().await;
    let (_, phone) = app.enrolled(ADA).await;
    app.advance(60);
    let wrong = if phone.code(&app) == "000000" { "000001" } else { "000000" };
    let mut ada = at_the_code_page(&app).await;
    for _ in 0..4 {
        assert_eq!(ada.post("/fn/tfa", &[("code", wrong)]).await.problem(), Some(Problem::WrongCode));
    }
    assert_eq!(ada.post("/fn/tfa", &[("code", wrong)]).await.problem(), Some(Problem::TooManyTries));
    assert_eq!(ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await.problem(), Some(Problem::LoginExpired));
    let mut late = at_the_code_page(&app).await;
    app.advance(5 * 60);
    assert_eq!(late.post("/fn/tfa", &[("code", &phone.code(&app))]).await.problem(), Some(Problem::LoginExpired));
}

#[tokio::test]
async fn a_code_of_another_minute_names_the_clock() {
    let app = TestApp::new().await;
    let (_, phone) = app.enrolled(ADA).await;
    app.advance(600);
    let mut ada = at_the_code_page(&app).await;
    let behind = ada.post("/fn/tfa", &[("code", &phone.code_in(&app, -4))]).await.problem();
    assert_eq!(behind, Some(Problem::ClockBehind { minutes: 2 }));
    let once = ada.post("/fn/tfa", &[("code", &phone.code_in(&app, 4))]).await.problem();
    assert_eq!(once, Some(Problem::WrongCode), "one code of the future says nothing");
    app.advance(30);
    let twice = ada.post("/fn/tfa", &[("code", &phone.code_in(&app, 4))]).await.problem();
    assert_eq!(twice, Some(Problem::ClockAhead { minutes: 2 }));
}

#[tokio::test]
async fn an_enrolled_secret_is_never_shown_again_and_stands_nowhere_in_clear() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    assert_eq!(ada.get("/totp-setup").await.location(), Some("/dashboard"));
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.problem(), Some(Problem::AlreadyEnrolled));
    let seed = data_encoding::BASE32_NOPAD.decode(phone.0.as_bytes()).unwrap();
    let session = ada.cookies["__Host-session"].clone();
    let dump = app.dump().await;
    for secret in [
        phone.0,
        data_encoding::HEXLOWER.encode(&seed),
        session,
        codes[0].clone(),
        codes[0].replace('-', ""),
        PASSWORD.into(),
    ] {
        assert!(!dump.contains(&secret), "a secret stands in the database");
    }
    assert!(dump.contains(ADA), "the dump is one of this database");
}

#[tokio::test]
async fn a_set_up_waits_30_minutes_and_looking_changes_nothing() {
    let app = TestApp::new().await;
    let mut ada = app.registered(ADA).await;
    ada.log_in(ADA).await;
    let phone = ada.read_key().await;
    assert_eq!(ada.read_key().await.0, phone.0);
    assert_eq!(ada.post("/fn/totp-restart", &[]).await.location(), Some("/totp-setup"));
    assert_ne!(ada.read_key().await.0, phone.0);
    app.advance(30 * 60);
    assert_eq!(ada.get("/totp-setup").await.location(), Some("/login"));
}

#[tokio::test]
async fn addresses_with_percent_and_plus_enrol_too() {
    let app = TestApp::new().await;
    for email in ["50%+x@example.test", "tom&jerry=2@example.test"] {
        let (mut owner, _) = app.enrolled(email).await;
        assert_eq!(owner.get("/dashboard").await.status, 200);
    }
}

#[tokio::test]
async fn a_recovery_code_never_replaces_the_password() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let code = ada.read_codes().await.remove(0);
    let form = [("email", ADA), ("password", code.as_str()), ("next", "")];
    assert_eq!(Visitor::new(&app).post("/fn/login", &form).await.problem(), Some(Problem::BadCredentials));
}

#[tokio::test]
async fn codes_that_nobody_typed_back_are_said_to_be_lost_and_made_anew_by_a_fresh_login() {
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let old = ada.read_codes().await;
    assert!(ada.get("/dashboard").await.text.contains("not confirmed yet"));
    app.advance(30 * 60);
    let page = ada.get("/dashboard").await.text;
    assert!(page.contains("they may be lost") && page.contains("/fn/recovery-codes-new"), "also after half an hour");
    assert!(ada.read_codes().await.is_empty());

    assert_eq!(ada.post("/fn/recovery-codes-new", &[]).await.problem(), Some(Problem::LoginTooOld));
    ada.is_plain = true;
    assert_eq!(ada.post("/fn/recovery-codes-new", &[]).await.location(), Some("/confirm?next=%2Fdashboard"));
    assert_eq!(
        ada.post("/fn/logout", &[("next", "/recovery-codes")]).await.location(),
        Some("/login?next=%2Frecovery-codes")
    );
    assert_eq!(ada.post("/fn/logout", &[("next", "//evil.test")]).await.location(), Some("/login"));

    ada.log_in(ADA).await;
    ada.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
    assert_eq!(ada.post("/fn/recovery-codes-new", &[]).await.location(), Some("/recovery-codes"));
    let new = ada.read_codes().await;
    assert!(new.len() == 10 && !new.contains(&old[0]));
    assert_eq!(ada.post("/fn/recovery-codes", &[("code", &old[0])]).await.location(), Some("/recovery-codes"));
    assert_eq!(ada.post("/fn/recovery-codes", &[("code", &new[3])]).await.location(), Some("/dashboard"));
    let page = ada.get("/dashboard").await.text;
    assert!(!page.contains("may be lost") && !page.contains("not confirmed"));

    let mut late = at_the_code_page(&app).await;
    assert_eq!(
        late.post("/fn/tfa", &[("code", &old[1])]).await.problem(),
        Some(Problem::WrongCode),
        "the old set is dead"
    );
    assert_eq!(
        late.post("/fn/tfa", &[("code", &new[3])]).await.location(),
        Some("/dashboard"),
        "typing back spent nothing"
    );
}

#[tokio::test]
async fn recovery_codes_come_with_a_second_factor_only() {
    let app = TestApp::with(&[("SEKISHO_SECOND_FACTOR", "optional")]).await;
    let mut ada = app.registered(ADA).await;
    ada.log_in(ADA).await;
    assert_eq!(ada.post("/fn/recovery-codes-new", &[]).await.problem(), Some(Problem::NotEnrolled));
}
