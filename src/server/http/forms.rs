//! The door of the server functions, for fetch calls and plain forms alike.
//!
//! A plain form is answered by a redirect: on success to where the function points, on refusal
//! to the form's own page from a constant table. Leptos would redirect to the `Referer`
//! and put the error into the URL.

use super::bounds::MAX_BODY_BYTES;
use super::{origin, trouble};
use crate::model::next_path::next_path;
use crate::model::{Flash, News, Problem};
use crate::server::call::{confirm_then, flash, login_then};
use crate::server::failure::Failure;
use crate::server::services::Services;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use std::sync::Arc;

/// More fields than any form has.
const MOST_FIELDS: usize = 32;

/// Where each form stands, and where a login starts again that has expired.
const FORMS: [(&str, &str); 25] = [
    ("/fn/login", "/login"),
    ("/fn/register", "/register"),
    ("/fn/forgot-password", "/forgot-password"),
    ("/fn/reset-password", "/reset-password"),
    ("/fn/verification-link", "/verify-email"),
    ("/fn/verify-email", "/verify-email"),
    ("/fn/claim-account", "/verify-email/new-password"),
    ("/fn/tfa", "/tfa"),
    ("/fn/totp-setup", "/totp-setup"),
    ("/fn/totp-restart", "/totp-setup"),
    ("/fn/recovery-codes", "/recovery-codes"),
    ("/fn/recovery-codes-new", "/dashboard"),
    ("/fn/logout", "/dashboard"),
    ("/fn/confirm", "/confirm"),
    ("/fn/password", "/security/password"),
    ("/fn/email", "/security/email"),
    ("/fn/email-cancel", "/security"),
    ("/fn/totp-replace", "/security/authenticator"),
    ("/fn/totp-remove", "/security/remove-authenticator"),
    ("/fn/session-end", "/sessions"),
    ("/fn/sessions-end", "/sessions"),
    ("/fn/not-me", "/activity"),
    ("/fn/not-me-link", "/not-me"),
    ("/fn/undo-email", "/undo-email"),
    ("/fn/account-delete", "/account/delete"),
];

/// Runs the server function at this path.
pub async fn call(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if !leptos::server_fn::axum::server_fn_paths().any(|(known, _)| known == path) {
        return trouble::answer(Problem::OutOfDate);
    }
    if !is_form(&parts.headers) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return trouble::answer(Problem::TooLarge);
    };
    if url::form_urlencoded::parse(&body).take(MOST_FIELDS + 1).count() > MOST_FIELDS {
        return trouble::answer(Problem::TooLarge);
    }
    let is_plain_form = trouble::wants_page(&parts.headers);
    parts.headers.remove(header::REFERER);
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let answer = run(&services, parts, body.clone()).await;
    if is_plain_form { answer_form(&services, &path, &body, answer).await } else { answer_fetch(answer).await }
}

async fn run(services: &Arc<Services>, parts: Parts, body: Bytes) -> Response {
    let call = origin::call_of(services, &parts);
    let request = Request::from_parts(parts, Body::from(body));
    leptos_axum::handle_server_fns_with_context(move || provide_context(call.clone()), request).await.into_response()
}

/// A refusal gets the status of its problem; success stays as it is.
async fn answer_fetch(answer: Response) -> Response {
    if answer.status().is_success() {
        return answer;
    }
    trouble::answer(problem_of(answer).await)
}

/// Post, redirect, get.
async fn answer_form(services: &Services, path: &str, body: &[u8], answer: Response) -> Response {
    if answer.status().is_success() {
        let (mut parts, _) = answer.into_parts();
        parts.status = StatusCode::SEE_OTHER;
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
            parts.headers.remove(name);
        }
        parts.headers.entry(header::LOCATION).or_insert_with(|| HeaderValue::from_static(page_of(path)));
        return Response::from_parts(parts, Body::empty());
    }
    let problem = problem_of(answer).await;
    if problem == Problem::LoginTooOld {
        // That page says why it asks, and leads back to the act.
        return (StatusCode::SEE_OTHER, [(header::LOCATION, confirm_then(page_of(path)))]).into_response();
    }
    let page = match problem {
        Problem::SignedOut | Problem::LoginExpired | Problem::TooManyTries => "/login",
        _ => page_of(path),
    };
    let location = match page {
        "/login" => login_then(&typed(body, "next")),
        "/confirm" => confirm_then(next_path(&typed(body, "next"))),
        page => page.to_owned(),
    };
    let flash = Flash {
        page: page.to_owned(),
        news: News::Refused(problem),
        email: typed(body, "email").chars().take(254).collect(),
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if let Some(cookie) = flash::cookie(services, flash).and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn problem_of(answer: Response) -> Problem {
    let body = to_bytes(answer.into_body(), MAX_BODY_BYTES).await.unwrap_or_default();
    match serde_json::from_slice(&body) {
        // Leptos made this one: it has no number in our log yet.
        Ok(Problem::Internal { incident: 0 }) | Err(_) => {
            Failure::broken("a server function failed in its framework").into_problem()
        }
        Ok(problem) => problem,
    }
}

fn page_of(path: &str) -> &'static str {
    FORMS.iter().find(|(form, _)| *form == path).map_or("/login", |(_, page)| page)
}

fn typed(body: &[u8], field: &str) -> String {
    url::form_urlencoded::parse(body)
        .find(|(name, _)| name == field)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn is_form(headers: &HeaderMap) -> bool {
    let essence =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).and_then(|text| text.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}
