//! Cookies: how we spell ours, and how we read what comes back.

use axum::http::{HeaderMap, header};
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

/// A full session.
pub const SESSION: &str = "__Host-session";
/// A login whose second factor is missing.
pub const MFA: &str = "__Host-mfa";
/// A browser that has signed in before.
pub const DEVICE: &str = "__Host-device";
/// A refusal on its way to the page of its form.
pub const FLASH: &str = "__Host-flash";
/// The token of a link to a new password, until its button is pressed.
pub const RESET: &str = "__Host-reset";
/// The token of a link that confirms an address, until its button is pressed.
pub const VERIFY: &str = "__Host-verify";
/// The token of an opened link that says that something was somebody else.
pub const NOT_ME: &str = "__Host-not-me";
/// The token of an opened link that takes a change of address back.
pub const UNDO_EMAIL: &str = "__Host-undo-email";
/// The account registered in this browser.
pub const REGISTRATION: &str = "__Host-registration";
/// The language chosen by hand.
pub const LANGUAGE: &str = "__Host-language";
/// The theme chosen by hand.
pub const THEME: &str = "__Host-theme";
/// Set without `Secure` beside the cookie of a login: if only this one comes back, the browser
/// dropped the other, and the login page can say so.
const LOGIN_MARKER: &str = "login-went-well";

const YEAR_S: i64 = 365 * 24 * 60 * 60;

/// The cookies of one request.
#[derive(Clone, Default)]
pub struct Jar(Vec<(String, String)>);

impl Jar {
    /// Reads every `Cookie` header; what cannot be read is left out.
    pub fn read(headers: &HeaderMap) -> Self {
        let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies = texts.flat_map(|text| Cookie::split_parse(text.to_owned())).filter_map(Result::ok);
        Self(cookies.map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned())).collect())
    }

    /// The value of `name`, if exactly one came: two mean that somebody planted one.
    pub fn one(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// True if a login went well lately whose cookie did not come back.
    pub fn lost_the_login(&self) -> bool {
        self.one(LOGIN_MARKER).is_some() && self.one(SESSION).is_none() && self.one(MFA).is_none()
    }
}

/// A cookie that holds a secret; without `max_age_s` it ends with the browser.
pub fn secret(name: &'static str, value: &str, max_age_s: Option<i64>) -> String {
    let mut cookie = ours(name, value);
    cookie.set_max_age(max_age_s.map(Duration::seconds));
    cookie.to_string()
}

/// A choice that is remembered for a year.
pub fn preference(name: &'static str, value: &str) -> String {
    secret(name, value, Some(YEAR_S))
}

/// Takes a cookie back, with the attributes it was given.
pub fn expired(name: &'static str) -> String {
    secret(name, "", Some(0))
}

/// See [`Jar::lost_the_login`].
pub fn login_marker() -> String {
    format!("{LOGIN_MARKER}=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=30")
}

/// Takes the marker back.
pub fn expired_login_marker() -> String {
    format!("{LOGIN_MARKER}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

// Lax, because Strict loses the login on links in mails and on the way back from other providers.
fn ours<'a>(name: &'static str, value: &'a str) -> Cookie<'a> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_cookie_has_every_attribute() {
        let spelled = secret(SESSION, "abc", None);
        assert_eq!(spelled, "__Host-session=abc; HttpOnly; SameSite=Lax; Secure; Path=/");
    }

    #[test]
    fn a_doubled_cookie_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "__Host-session=a; b=c; __Host-session=d".parse().unwrap());
        let jar = Jar::read(&headers);
        assert_eq!(jar.one(SESSION), None);
        assert_eq!(jar.one("b"), Some("c"));
    }
}
