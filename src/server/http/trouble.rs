//! Refusals and faults: as JSON for scripts, as a page of ours for whoever opens pages.

use super::pages;
use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::services::Services;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;

/// Answers with `problem`: its status, itself as JSON, and when to come back if that helps.
pub fn answer(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], json).into_response();
    // Tells the browser side of Leptos that the body is a typed error.
    response.headers_mut().insert("serverfnerror", HeaderValue::from_static("true"));
    if problem == Problem::Busy {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response.extensions_mut().insert(problem);
    response
}

/// What a panic is answered with: its text stays in the log.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    let sentence = format!("a request panicked: {}", text.unwrap_or("no text"));
    answer(Failure::Broken(sentence.into()).into_problem())
}

/// True for a browser that opens a page or sends a plain form.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Draws a page in place of whatever went wrong below, if a page was asked for.
pub async fn as_page(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    if !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let mut asked = Request::new(Body::empty());
    *asked.headers_mut() = request.headers().clone();
    *asked.uri_mut() = request.uri().clone();
    let response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = response.extensions().get().cloned().unwrap_or_else(|| problem_of(status));
    let mut page = pages::of_problem(&services, asked, problem).await;
    *page.status_mut() = status;
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, HeaderValue::clone(value));
        }
    }
    page
}

/// What to say where only a status is known.
fn problem_of(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Problem::NoSuchPage,
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::SERVICE_UNAVAILABLE => Problem::Busy,
        status if status.is_client_error() => Problem::BadRequest,
        _ => Failure::broken("a response failed without a cause").into_problem(),
    }
}
