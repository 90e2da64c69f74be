//! How much of a request is taken, and how long it may last.

use super::trouble;
use crate::model::Problem;
use crate::server::rest;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use std::time::Duration;

/// Largest body that is read, whether or not its length was announced.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_URI_BYTES: usize = 8 * 1024;
/// Of the whole body, from its first byte on.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Longer than each wait within: five seconds for the hashing lane, five for the database.
const HANDLER_TIME: Duration = Duration::from_secs(15);

/// Why a request is not worked on.
#[derive(Clone, Copy)]
struct TurnedAway(StatusCode);

/// Has [`keep`] answer a request with `status`.
pub fn turn_away(request: &mut Request, status: StatusCode) {
    request.extensions_mut().insert(TurnedAway(status));
}

/// Takes the body in hand; turns away what is too much or too slow.
pub async fn collect(request: Request) -> Request {
    let (parts, body) = request.into_parts();
    match in_hand(&parts.headers, body).await {
        Ok(body) => Request::from_parts(parts, body),
        Err(status) => {
            let mut request = Request::from_parts(parts, Body::empty());
            turn_away(&mut request, status);
            request
        }
    }
}

async fn in_hand(headers: &HeaderMap, body: Body) -> Result<Body, StatusCode> {
    if body.is_end_stream() {
        return Ok(body);
    }
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if announced.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > MAX_BODY_BYTES) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let body = tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY_BYTES)).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok(Body::from(body))
}

/// Lets in what was not turned away, and ends what lasts too long.
pub async fn keep<F: Future<Output = Response>>(request: Request, next: impl FnOnce(Request) -> F) -> Response {
    let is_api = rest::owns(request.uri().path());
    if let Some(TurnedAway(status)) = request.extensions().get() {
        return refuse(is_api, *status);
    }
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > MAX_URI_BYTES {
        return refuse(is_api, StatusCode::URI_TOO_LONG);
    }
    match tokio::time::timeout(HANDLER_TIME, next(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("A request took too long and was ended.");
            refuse(is_api, StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn refuse(is_api: bool, status: StatusCode) -> Response {
    let mut response = match status {
        _ if is_api => rest::refuse(status),
        StatusCode::SERVICE_UNAVAILABLE => trouble::answer(Problem::Busy),
        _ => trouble::answer(Problem::TooLarge),
    };
    *response.status_mut() = status;
    response
}
