//! What anybody may send: whatever it is, it is read or refused, and no reader panics.
//!
//! `FUZZ_CASES` says how many cases each target gets (default 500): CI looks briefly, people for hours.

use super::app::PASSWORD;
use super::{TestApp, Visitor};
use crate::model::AccountId;
use crate::model::next_path::next_path;
use crate::server::audit;
use crate::server::call::cookies::Jar;
use crate::server::call::origin::origin_of;
use crate::server::config::Networks;
use crate::server::email::Email;
use crate::server::keys::Token;
use crate::server::passwords::{HashParams, policy};
use crate::server::sessions;
use crate::server::tokens::access::{self, Grant};
use crate::server::totp::{Code, recovery_codes};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const FORWARDED: &str = "x-forwarded-for";

#[expect(clippy::disallowed_methods, reason = "how long to look is a matter of who asks")]
fn cases() -> u32 {
    std::env::var("FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500)
}

fn for_all<S: Strategy>(inputs: &S, cases: u32, promise: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2000,
        // Of millions, thousands are nothing new.
        max_global_rejects: cases.max(1024),
        ..Config::default()
    };
    TestRunner::new(config).run(inputs, promise).unwrap();
}

/// Texts near what a reader takes: the pattern, the pattern with something strange in it, or anything.
fn near(pattern: &'static str) -> impl Strategy<Value = String> {
    let strange = prop_oneof![
        Just("\u{0}"),
        Just("\r\n"),
        Just("\u{202e}"),
        Just("\u{1b}"),
        Just("%"),
        Just("\u{301}"),
        Just("'")
    ];
    prop_oneof![
        pattern,
        (pattern, strange, any::<prop::sample::Index>()).prop_map(|(text, strange, place)| {
            let mut chars: Vec<char> = text.chars().collect();
            let place = place.index(chars.len() + 1);
            chars.splice(place..place, strange.chars());
            chars.into_iter().collect()
        }),
        any::<String>(),
    ]
}

#[test]
fn whatever_is_no_address_is_refused_and_what_is_one_stays_the_same() {
    for_all(&near("[A-Za-z0-9.+_ -]{0,70}@[A-Za-z0-9.-]{0,200}"), cases(), |typed| {
        let Ok(email) = Email::parse(&typed) else { return Ok(()) };
        prop_assert!(email.address().len() <= 254 && !email.address().contains(char::is_control));
        prop_assert_eq!(email.key(), email.key().to_lowercase());
        let again = Email::parse(email.address());
        prop_assert!(again.is_ok_and(|again| again.key() == email.key()));
        Ok(())
    });
}

#[test]
fn passwords_are_normalised_once_and_for_all() {
    let policy = policy::Policy::new(8, "sekisho.example.test");
    let email = Email::parse("ada@example.test").unwrap();
    for_all(&near("\\PC{0,300}"), cases(), |typed| {
        let password = policy::normalise(typed);
        prop_assert_eq!(&*policy::normalise(password.to_string()), &*password);
        if policy.check_new(&password, &email).is_ok() {
            prop_assert!(policy::check_form(&password).is_ok());
            prop_assert!((8..=256).contains(&password.chars().count()) && !password.contains(char::is_control));
        }
        Ok(())
    });
}

#[test]
fn codes_and_tokens_have_one_shape() {
    for_all(&near("[0-9 +]{0,9}|[A-Z0-9o -]{20,30}|[A-Za-z0-9_-]{42,44}"), cases(), |typed| {
        let digits: String = typed.chars().filter(|c| *c != ' ').collect();
        let is_code = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        prop_assert_eq!(Code::parse(&typed).is_ok(), is_code);
        prop_assert!(!(is_code && recovery_codes::looks_like_one(&typed)));
        prop_assert!(Token::parse(&typed).is_none_or(|token| token.expose() == typed && typed.len() == 43));
        prop_assert!(HashParams::of(&typed).is_none());
        Ok(())
    });
}

#[test]
fn the_next_page_is_always_one_of_ours() {
    let own = url::Url::parse("https://own.example.test/").unwrap();
    for_all(&near("[/\\\\a-z.:@?#%]{0,30}"), cases(), |typed| {
        let led_to = own.join(next_path(&typed));
        prop_assert!(led_to.is_ok_and(|url| url.origin() == own.origin() && url.username().is_empty()), "{}", typed);
        Ok(())
    });
}

#[test]
fn headers_of_any_bytes_are_read() {
    let line = near("(a|__Host-session|__Host-device|lang)?=?[!-~]{0,44}(; ?__Host-session=[!-~]{0,9})?");
    for_all(&prop::collection::vec(line, 0..4), cases(), |lines| {
        let mut request = Request::new(());
        let names = [header::COOKIE, header::ACCEPT_LANGUAGE, header::USER_AGENT, HeaderName::from_static(FORWARDED)];
        for (name, line) in names.iter().flat_map(|name| lines.iter().map(move |line| (name, line))) {
            if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
                request.headers_mut().append(name, value);
            }
        }
        let (mut parts, ()) = request.into_parts();
        let origin = origin_of(&Networks::default(), &parts, Some(&Jar::read(&parts.headers)));
        prop_assert_eq!(&*origin.address, "unknown", "nobody is a proxy here");
        prop_assert!(origin.agent.len() <= 256 && !origin.agent.contains(char::is_control));
        audit::device(&origin.agent);
        for planted in ["__Host-session=a", "x=y; __Host-session=b"] {
            parts.headers.append(header::COOKIE, HeaderValue::from_static(planted));
        }
        prop_assert!(Jar::read(&parts.headers).one("__Host-session").is_none(), "a doubled cookie is none");
        Ok(())
    });
}

/// A token with one character changed, or another text in its place, opens nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_token_is_none() {
    let app = TestApp::new().await;
    let account = AccountId::from("nobody".to_owned());
    let expires_at = app.services.clock.now().plus_s(60);
    let real = access::issue(&app.services, Grant { account: &account, session: "none", expires_at }).await.unwrap();
    assert!(access::read(&app.services, &real).await.unwrap().is_some());
    let inputs =
        (near("[A-Za-z0-9_-]{0,80}(\\.[A-Za-z0-9_-]{0,80}){0,3}"), any::<prop::sample::Index>(), "[A-Za-z0-9_.-]");
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        for_all(&inputs, cases(), |(text, place, other)| {
            let mut changed = real.clone();
            let place = place.index(changed.len() - 1);
            changed.replace_range(place..=place, &other);
            prop_assume!(changed != real);
            for shown in [changed, text] {
                let read = runtime.block_on(access::read(&app.services, &shown));
                prop_assert!(read.is_ok_and(|read| read.is_none()), "{}", shown);
                let bearer = runtime.block_on(sessions::bearer(&app.services, &shown));
                prop_assert!(bearer.is_ok_and(|bearer| bearer.is_none()), "{}", shown);
            }
            Ok(())
        });
    });
}

/// Bodies of any bytes at every door that reads one: never a fault of ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_any_bytes_is_no_fault_of_ours() {
    let app = TestApp::new().await;
    app.registered("ada@example.test").await;
    let doors = [
        "/fn/login",
        "/fn/register",
        "/fn/tfa",
        "/preferences",
        "/auth/jwt/login",
        "/auth/register",
        "/auth/reset-password",
    ];
    let kinds =
        ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain"];
    let json = "\\{\"(email|password|otp|token)\": ?(\"[ -~]{0,20}\"|null|[0-9e.-]{1,9}|\\[\\]|\\{\\})(,\"email\":\"a@b.test\")?\\}";
    let form =
        "(email|username|password|code|next|language)=[a-z%0-9+]{0,30}(&(email|password|code)=[a-z%0-9@.]{0,20}){0,3}";
    let text = prop_oneof![near(json), near(form)].prop_map(String::into_bytes);
    let body = prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)];
    let inputs = (prop::sample::select(doors.to_vec()), prop::sample::select(kinds.to_vec()), any::<bool>(), body);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        for_all(&inputs, cases() / 5 + 1, |(door, kind, is_plain, body)| {
            let accept = if is_plain { "text/html" } else { "application/json" };
            let request = Request::post(door).header(header::CONTENT_TYPE, kind).header(header::ACCEPT, accept);
            let request = request.header("sec-fetch-site", "same-origin").body(Body::from(body)).unwrap();
            let answer = runtime.block_on(Visitor::new(&app).send(request));
            prop_assert!(answer.status.as_u16() < 500, "{} at {}: {}", answer.status, door, answer.text);
            prop_assert!(!answer.text.contains(PASSWORD));
            Ok(())
        });
    });
}
