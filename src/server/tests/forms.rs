//! The door of the server functions: who may knock, with what, and what is said.

use super::app::PASSWORD;
use super::{TestApp, Visitor};
use crate::model::Problem;
use axum::body::Body;
use axum::http::Request;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn the_set_of_functions_is_the_reviewed_one() {
    let _app = TestApp::new().await;
    let mut found: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    found.sort();
    found.dedup();
    let reviewed = [
        "account-delete",
        "activity",
        "claim-account",
        "confirm",
        "dashboard",
        "email",
        "email-cancel",
        "enrolment",
        "forgot-password",
        "login",
        "logout",
        "not-me",
        "not-me-link",
        "password",
        "recovery-codes",
        "recovery-codes-new",
        "recovery-sheet",
        "register",
        "reset-password",
        "security",
        "session-end",
        "sessions",
        "sessions-end",
        "tfa",
        "totp-remove",
        "totp-replace",
        "totp-restart",
        "totp-setup",
        "undo-email",
        "verification-link",
        "verify-email",
    ];
    assert_eq!(found, reviewed.map(|name| format!("/fn/{name}")));
}

#[tokio::test]
async fn a_refused_plain_form_goes_back_to_its_own_page_with_what_was_typed() {
    let app = TestApp::new().await;
    let mut ada = Visitor::plain(&app);
    let answer = ada
        .post("/fn/login", &[("email", "ada@example.test"), ("password", "nope"), ("next", "/recovery-codes")])
        .await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, Some("/login?next=%2Frecovery-codes")));
    let page = ada.get("/login").await.text;
    assert!(page.contains("Wrong e-mail or password") && page.contains("value=\"ada@example.test\""));
    assert!(!ada.get("/login").await.text.contains("Wrong e-mail"), "a refusal is told once");
}

#[tokio::test]
async fn a_forged_error_in_the_url_shows_nothing() {
    let app = TestApp::new().await;
    for path in ["/login?__err=eyJCYWQiOjF9&__path=%2Ffn%2Flogin", "/login?__path=/fn/login&__err=InRvbyI="] {
        let page = Visitor::new(&app).get(path).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("role=\"alert\"") && !page.text.contains("__err"));
    }
    let mut forged = Visitor::new(&app);
    forged.cookies.insert("__Host-flash".into(), "Zm9yZ2Vk".into());
    assert!(!forged.get("/login").await.text.contains("role=\"alert\""));
}

#[tokio::test]
async fn other_sites_and_ports_cannot_post() {
    let app = TestApp::new().await;
    for site in ["cross-site", "same-site", "none"] {
        for path in ["/fn/login", "/fn/register", "/fn/logout", "/preferences"] {
            let request = Request::post(path).header("sec-fetch-site", site).header("content-type", FORM);
            assert_eq!(
                Visitor::new(&app).send(request.body(Body::empty()).unwrap()).await.status,
                403,
                "{site} {path}"
            );
        }
    }
}

#[tokio::test]
async fn only_forms_of_bounded_size_are_read() {
    let app = TestApp::new().await;
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
        let request = Request::post("/fn/login").header("content-type", kind);
        assert_eq!(Visitor::new(&app).send(request.body(Body::from("email=a")).unwrap()).await.status, 415, "{kind}");
    }
    let request = Request::post("/fn/login").header("content-type", FORM);
    let answer = Visitor::new(&app).send(request.body(Body::from(vec![b'a'; 1 << 20])).unwrap()).await;
    assert_eq!(answer.status, 413);
    let answer = Visitor::new(&app).send(Request::get("/fn/login").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 405);
    assert_eq!(Visitor::new(&app).post("/fn/unknown", &[]).await.status, 404);
}

#[tokio::test]
async fn garbage_in_every_field_is_refused_with_a_reason_and_never_repeated() {
    let app = TestApp::new().await;
    let long = "canary".repeat(1700);
    for garbage in ["", "canary\0nul", "🏯canary", "a@b.test,canary@d.test", &long, "<script>canary</script>"] {
        for path in ["/fn/login", "/fn/register", "/fn/tfa", "/fn/totp-setup", "/fn/recovery-codes"] {
            let fields = [("email", garbage), ("password", garbage), ("code", garbage), ("next", garbage)];
            let answer = Visitor::new(&app).post(path, &fields).await;
            assert!(
                answer.status.is_client_error() && answer.problem().is_some(),
                "{path} {garbage:.20} {}",
                answer.status
            );
            assert!(!answer.text.contains("canary"));
        }
    }
    let missing = Visitor::new(&app).post("/fn/login", &[("email", "a@b.test")]).await;
    assert_eq!((missing.status.as_u16(), missing.problem()), (422, Some(Problem::BadRequest)));
}

#[tokio::test]
async fn markup_that_was_typed_stays_text() {
    let app = TestApp::new().await;
    let mut eve = Visitor::plain(&app);
    eve.post("/fn/register", &[("email", "\"><script>alert(1)</script>"), ("password", PASSWORD)]).await;
    let page = eve.get("/register").await.text;
    assert!(page.contains("alert(1)") && !page.contains("<script>alert(1)"));
}

#[tokio::test]
async fn language_and_theme_are_chosen_without_javascript_and_lead_back() {
    let app = TestApp::new().await;
    let mut ada = Visitor::plain(&app);
    let answer = ada.post("/preferences", &[("language", "ja"), ("path", "/register")]).await;
    assert_eq!(answer.location(), Some("/register"));
    assert!(ada.get("/register").await.text.contains("lang=\"ja\""));
    ada.post("/preferences", &[("theme", "dark"), ("path", "/register")]).await;
    assert!(ada.get("/register").await.text.contains("data-theme=\"dark\""));
    for path in ["//evil.test", "https://evil.test", "/nowhere", ""] {
        assert_eq!(
            ada.post("/preferences", &[("theme", "light"), ("path", path)]).await.location(),
            Some("/"),
            "{path}"
        );
    }
}
