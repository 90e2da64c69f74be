//! Refusals and faults, as scripts read them; `trouble_page` draws them for whoever opens pages.

use crate::model::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Answers with `problem`: its status, itself as JSON, and when to come back if that helps.
pub fn answer(problem: Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], json).into_response();
    // Tells the browser side of Leptos that the body is a typed error.
    response.headers_mut().insert("serverfnerror", HeaderValue::from_static("true"));
    if let Some(wait_s) = problem.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response.extensions_mut().insert(problem);
    response
}

/// True for a browser that opens a page or sends a plain form.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
