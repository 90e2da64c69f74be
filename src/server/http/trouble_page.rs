//! Refusals and faults as a page of ours, for whoever opens pages.

use super::{pages, trouble};
use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::rest;
use crate::server::services::Services;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use std::sync::Arc;

/// What a page would be drawn from if something goes wrong; `None` where none is asked for.
pub fn asked_for(request: &Request) -> Option<Request> {
    // The API answers in JSON whatever is asked for.
    if !trouble::wants_page(request.headers()) || rest::owns(request.uri().path()) {
        return None;
    }
    let mut asked = Request::new(Body::empty());
    *asked.headers_mut() = request.headers().clone();
    *asked.uri_mut() = request.uri().clone();
    Some(asked)
}

/// Draws a page in place of `response`, if something went wrong.
pub async fn draw(services: &Arc<Services>, asked: Request, response: Response) -> Response {
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = response.extensions().get().cloned().unwrap_or_else(|| problem_of(status));
    let mut page = pages::of_problem(services, asked, problem).await;
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
