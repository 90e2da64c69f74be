//! Promises about the whole: what looking at pages may not do, what logs may not hold,
//! what every form and field carries.

use super::app::PASSWORD;
use super::log::Log;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::model::access::PAGES;
use axum::body::Body;
use axum::http::Request;

const ADA: &str = "ada@example.test";

/// The bytes of the database: any write changes them.
fn files(app: &TestApp) -> Vec<Vec<u8>> {
    ["sekisho.db", "sekisho.db-wal"].map(|name| std::fs::read(app.folder.0.join(name)).unwrap()).into()
}

#[tokio::test]
async fn opening_any_address_changes_nothing() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let mut bob = app.registered("bob@example.test").await;
    bob.log_in("bob@example.test").await;
    let before = files(&app);
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned());
    let others = ["/recovery-codes.txt", "/preferences", "/healthz", "/nowhere"].map(str::to_owned);
    let pages = PAGES.iter().map(|(path, _)| (*path).to_owned());
    for path in pages.chain(functions).chain(others) {
        for visitor in [&mut ada, &mut bob] {
            visitor.get(&format!("{path}?code=123456&email={ADA}")).await;
            visitor.send(Request::head(&path).body(Body::empty()).unwrap()).await;
        }
    }
    assert!(before == files(&app), "somebody wrote");
    ada.post("/fn/logout", &[]).await;
    assert!(before != files(&app), "a write would have been seen");
}

#[tokio::test]
async fn nothing_secret_is_ever_logged() {
    let log = Log::capture();
    let app = TestApp::new().await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    ada.post("/fn/recovery-codes", &[("code", &codes[0])]).await;
    let session = ada.cookies["__Host-session"].clone();
    ada.post("/fn/logout", &[]).await;
    app.advance(60);
    Visitor::plain(&app).post("/fn/login", &[("email", ADA), ("password", "canary wrong"), ("next", "")]).await;
    ada.log_in(ADA).await;
    let pending = ada.cookies["__Host-mfa"].clone();
    let code = phone.code(&app);
    ada.post("/fn/tfa", &[("code", "000000")]).await;
    ada.post("/fn/tfa", &[("code", &code)]).await;
    ada.get("/dashboard?token=canary").await;
    let text = log.text();
    assert!(text.contains("logged_in") && text.contains("code_refused"), "the log tells what happened: {text:.3000}");
    for secret in [PASSWORD, ADA, "canary", &phone.0, &codes[0], &session, &pending, &format!("\"{code}\"")] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn every_form_posts_to_a_named_action_and_every_field_lets_managers_help() {
    let app = TestApp::new().await;
    let (mut ada, _) = app.enrolled(ADA).await;
    let mut pages = vec![ada.get("/recovery-codes").await.text, ada.get("/dashboard").await.text];
    let mut bob = app.registered("bob@example.test").await;
    bob.log_in("bob@example.test").await;
    pages.push(bob.get("/totp-setup").await.text);
    let mut half_way = Visitor::new(&app);
    half_way.log_in(ADA).await;
    pages.push(half_way.get("/tfa").await.text);
    for path in ["/login", "/register"] {
        pages.push(Visitor::new(&app).get(path).await.text);
    }
    let all = pages.concat();
    for form in all.split("<form").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        assert!(form.contains("method=\"post\"") && form.contains("action=\"/"), "{form}");
    }
    for wanted in ["autocomplete=\"username\"", "\"current-password\"", "\"new-password\"", "\"one-time-code\""] {
        assert!(all.contains(wanted), "{wanted}");
    }
    assert_eq!(all.matches("name=\"password\"").count(), all.matches("type=\"password\"").count());
    assert!(!all.contains("onpaste") && !all.contains("onclick") && !all.contains("data:"));
}

#[tokio::test]
async fn a_qr_code_is_drawn_on_the_page_itself_and_kept_by_nobody() {
    let app = TestApp::new().await;
    let mut ada = app.registered("a%b+c@example.test").await;
    ada.log_in("a%b+c@example.test").await;
    let page = ada.get("/totp-setup").await;
    assert!(page.text.contains("<svg") && page.text.contains("otpauth://totp/Sekisho:a%25b%2Bc%40example.test?"));
    assert!(!page.text.contains("<img") && !page.text.contains("src=\"http"));
    assert_eq!(page.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_browser_that_drops_the_cookie_of_a_login_is_told_so() {
    let app = TestApp::new().await;
    let mut ada = app.registered(ADA).await;
    ada.is_plain = true;
    ada.log_in(ADA).await;
    assert!(!ada.clone().get("/login").await.text.contains("did not send back its cookie"));
    ada.cookies.retain(|name, _| !name.starts_with("__Host-"));
    assert_eq!(ada.get("/totp-setup").await.location(), Some("/login"));
    let page = ada.get("/login").await.text;
    assert!(page.contains("did not send back its cookie") && page.contains("https"), "it names the ways out");
}

#[tokio::test]
async fn no_function_does_anything_for_a_stranger() {
    let app = TestApp::new().await;
    app.enrolled(ADA).await;
    let before = files(&app);
    let open_to_all = ["/fn/login", "/fn/register", "/fn/logout", "/fn/forgot-password", "/fn/verification-link"];
    let fields = [
        ("code", "123456"),
        ("password", PASSWORD),
        ("current_password", PASSWORD),
        ("email", ADA),
        ("name", "x"),
        ("next", ""),
    ];
    for path in leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).filter(|p| !open_to_all.contains(p)) {
        let answer = Visitor::new(&app).post(path, &fields).await;
        let refusals = [Problem::SignedOut, Problem::LoginExpired, Problem::LinkBad];
        assert!(answer.problem().is_some_and(|problem| refusals.contains(&problem)), "{path} {}", answer.text);
    }
    assert!(before == files(&app), "somebody wrote");
}

#[tokio::test]
async fn a_page_carries_nothing_that_is_not_for_its_reader() {
    let app = TestApp::new().await;
    app.enrolled("bob@example.test").await;
    let (mut ada, phone) = app.enrolled(ADA).await;
    let codes = ada.read_codes().await;
    let page = ada.get("/dashboard").await.text;
    assert!(page.contains(ADA), "it is her page");
    for secret in ["argon2id", PASSWORD, "bob@", &phone.0, &codes[0], &ada.cookies["__Host-session"]] {
        assert!(!page.contains(secret), "{secret} stands in the page");
    }
}

#[tokio::test]
async fn nothing_is_upgraded_to_a_socket() {
    let app = TestApp::new().await;
    for path in ["/fn/login", "/login", "/"] {
        let request = Request::get(path)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_ne!(Visitor::new(&app).send(request.body(Body::empty()).unwrap()).await.status, 101, "{path}");
    }
}

/// Tables of the docs name the tests that hold each row, in its last cell; names of tests that are
/// gone would lie.
#[test]
fn every_test_that_the_tables_of_the_docs_name_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let folders = ["src", "end2end/tests", "end2end/contract", "end2end/guard"];
    let mut folders: Vec<_> = folders.map(|folder| root.join(folder)).into();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "ts") {
                sources += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let tables = ["docs/security-rows.md", "docs/api-differences.md", "docs/asvs.md"];
    let tables = tables.map(|table| std::fs::read_to_string(root.join(table)).unwrap()).concat();
    let cells = tables.lines().filter(|line| line.starts_with("| ")).filter_map(|row| row.rsplit('|').nth(1));
    let cells: Vec<&str> = cells.filter(|cell| cell.contains('`')).collect();
    assert!(cells.len() > 200, "the tables were read");
    for name in cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
        let is_known = sources.contains(&format!("fn {name}(")) || sources.contains(&format!("test('{name}'"));
        assert!(is_known || root.join(name).exists(), "no test is named {name}");
    }
}
