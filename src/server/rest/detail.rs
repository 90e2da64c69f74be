//! The one place where a problem becomes a status and a `detail`.

use super::invalid::Invalid;
use crate::model::Problem;
use crate::server::failure::Failure;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Which family of codes a route speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Login,
    /// Address, password and code at once: the demo answers it in sentences.
    CodeLogin,
    Register,
    Update,
    Reset,
    Verify,
    Other,
}

/// An answer that says no.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    detail: Value,
    incident: Option<u32>,
    retry_after_s: Option<u32>,
}

impl Refusal {
    /// The fields of the request are wrong.
    pub fn invalid(invalid: &[Invalid]) -> Self {
        Self::of(StatusCode::UNPROCESSABLE_ENTITY, json!(invalid))
    }

    /// One thing about the request is wrong.
    pub fn one(invalid: Invalid) -> Self {
        Self::invalid(&[invalid])
    }

    /// The plain name of a status.
    pub fn plain(status: StatusCode) -> Self {
        Self::of(status, json!(status.canonical_reason().unwrap_or_default()))
    }

    fn of(status: StatusCode, detail: Value) -> Self {
        let retry_after_s = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(5);
        Self { status, detail, incident: None, retry_after_s }
    }

    fn code(status: StatusCode, code: &str) -> Self {
        Self::of(status, json!(code))
    }

    fn too_many(problem: &Problem) -> Self {
        let refusal = Self::code(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS");
        Self { retry_after_s: problem.retry_after_s(), ..refusal }
    }

    fn internal(incident: u32) -> Self {
        Self { incident: Some(incident), ..Self::plain(StatusCode::INTERNAL_SERVER_ERROR) }
    }
}

/// Turns what a domain function refused into an answer of this family; logs what is ours to mend.
pub fn refusing(family: Family) -> impl FnOnce(Failure) -> Refusal {
    move |failure| refusal(family, &failure.into_problem())
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        refusal(Family::Other, &failure.into_problem())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        refusal(Family::Other, &problem)
    }
}

fn refusal(family: Family, problem: &Problem) -> Refusal {
    if family == Family::CodeLogin
        && let Some(sentence) = sentence(problem)
    {
        return Refusal::code(StatusCode::BAD_REQUEST, sentence);
    }
    if let Some(reason) = password_reason(problem) {
        let code = format!("{}_INVALID_PASSWORD", prefix(family));
        return Refusal::of(StatusCode::BAD_REQUEST, json!({ "code": code, "reason": reason }));
    }
    match (problem, family) {
        (Problem::BadCredentials, _) => Refusal::code(StatusCode::BAD_REQUEST, "LOGIN_BAD_CREDENTIALS"),
        (Problem::NotVerified, _) => Refusal::code(StatusCode::BAD_REQUEST, "LOGIN_USER_NOT_VERIFIED"),
        (Problem::EmailTaken, Family::Register) => {
            Refusal::code(StatusCode::BAD_REQUEST, "REGISTER_USER_ALREADY_EXISTS")
        }
        (Problem::EmailTaken, _) => Refusal::code(StatusCode::BAD_REQUEST, "UPDATE_USER_EMAIL_ALREADY_EXISTS"),
        (Problem::LinkBad, Family::Reset) => Refusal::code(StatusCode::BAD_REQUEST, "RESET_PASSWORD_BAD_TOKEN"),
        (Problem::LinkBad, _) => Refusal::code(StatusCode::BAD_REQUEST, "VERIFY_USER_BAD_TOKEN"),
        (Problem::AlreadyVerified, _) => Refusal::code(StatusCode::BAD_REQUEST, "VERIFY_USER_ALREADY_VERIFIED"),
        (Problem::LastSuperuser, _) => Refusal::code(StatusCode::BAD_REQUEST, "LAST_SUPERUSER"),
        (Problem::RegistrationClosed, _) => Refusal::code(StatusCode::FORBIDDEN, "REGISTRATION_CLOSED"),
        (Problem::LoginTooOld, _) => Refusal::code(StatusCode::FORBIDDEN, "REAUTH_REQUIRED"),
        (Problem::AlreadyEnrolled, _) => Refusal::code(StatusCode::FORBIDDEN, "TOTP_ALREADY_ENROLLED"),
        (Problem::SecondFactorRequired, _) => Refusal::code(StatusCode::FORBIDDEN, "SECOND_FACTOR_REQUIRED"),
        (Problem::Forbidden, _) => Refusal::plain(StatusCode::FORBIDDEN),
        (Problem::NoSuchAccount, _) => Refusal::plain(StatusCode::NOT_FOUND),
        (Problem::SignedOut | Problem::LoginExpired, _) => Refusal::plain(StatusCode::UNAUTHORIZED),
        (
            Problem::TooManyRequests { .. }
            | Problem::LoginStopped
            | Problem::TooManyCodes { .. }
            | Problem::CodesOff
            | Problem::TooManyAccounts { .. },
            _,
        ) => Refusal::too_many(problem),
        (Problem::Busy | Problem::Unavailable, _) => Refusal::plain(StatusCode::SERVICE_UNAVAILABLE),
        (Problem::EmailMalformed, _) => Refusal::one(Invalid::no_email("email")),
        (Problem::Internal { incident }, _) => Refusal::internal(*incident),
        _ => Refusal::plain(StatusCode::BAD_REQUEST),
    }
}

fn prefix(family: Family) -> &'static str {
    match family {
        Family::Register => "REGISTER",
        Family::Reset => "RESET_PASSWORD",
        _ => "UPDATE_USER",
    }
}

/// What the demo says of a refused login with a code.
fn sentence(problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::BadCredentials | Problem::NotVerified => Some("Invalid username or password"),
        Problem::WrongCode
        | Problem::CodeMalformed
        | Problem::CodeUsed
        | Problem::ClockBehind { .. }
        | Problem::ClockAhead { .. }
        | Problem::TooManyTries
        | Problem::LoginExpired => Some("Invalid OTP"),
        _ => None,
    }
}

/// Why a password is not taken.
fn password_reason(problem: &Problem) -> Option<&'static str> {
    Some(match problem {
        Problem::PasswordTooShort => "The password is too short.",
        Problem::PasswordTooLong => "The password is longer than 256 characters.",
        Problem::PasswordHasControls => "The password holds a character that cannot be typed.",
        Problem::PasswordCommon => "The password is on lists that attackers try first.",
        Problem::PasswordNamesYou => "The password is made of your address or of this site's name.",
        Problem::PasswordSame => "This is the present password.",
        Problem::PasswordNotYours => "Only its owner sets a password; send a reset link instead.",
        _ => return None,
    })
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "detail": self.detail });
        if let (Some(incident), Some(fields)) = (self.incident, body.as_object_mut()) {
            fields.insert("incident".to_owned(), json!(format!("{incident:08x}")));
        }
        let mut response = json_response(self.status, &body);
        if let Some(wait_s) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        response
    }
}

/// An answer in JSON.
pub fn json_response(status: StatusCode, body: &impl serde::Serialize) -> Response {
    const KIND: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    match serde_json::to_vec(body) {
        Ok(json) => (status, [KIND], json).into_response(),
        Err(cause) => Refusal::from(Failure::Broken(cause.into())).into_response(),
    }
}

/// A refusal before a route was found, spelled like all others.
pub fn refuse(status: StatusCode) -> Response {
    Refusal::plain(status).into_response()
}
