//! What holds for every route: who may call from another site, which methods there are, and that
//! every refusal is spelled alike.

use super::detail::Refusal;
use super::router::ROUTES;
use crate::server::call::origin::is_part_of_another_site;
use crate::server::failure::caught;
use crate::server::services::Services;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// True for the paths whose requests are judged here, and not by the rule for pages: no cookie is
/// read behind them.
pub fn owns(path: &str) -> bool {
    ["/auth", "/users"]
        .iter()
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Lets a request in, and dresses what comes out.
pub async fn pass(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    let config = &services.config;
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_listed = origin.as_ref().is_some_and(|origin| config.api.cors_origins.iter().any(|known| known == origin));
    let allow = request.extensions().get::<MatchedPath>().and_then(|path| methods(path.as_str()));
    let mut response = if is_listed && is_preflight(&request) {
        StatusCode::NO_CONTENT.into_response()
    } else if is_foreign(&request, &config.public_url.origin) && !is_listed {
        tracing::warn!(
            kind = "foreign_request_refused",
            path = request.uri().path(),
            "A request from another site was refused."
        );
        Refusal::plain(StatusCode::FORBIDDEN).into_response()
    } else if request.method() == Method::HEAD {
        StatusCode::METHOD_NOT_ALLOWED.into_response()
    } else {
        caught(next.run(request)).await.unwrap_or_else(|fault| Refusal::from(fault).into_response())
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response = Refusal::plain(StatusCode::METHOD_NOT_ALLOWED).into_response();
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
        }
    }
    if !config.api.cors_origins.is_empty() {
        share(response.headers_mut(), origin.filter(|_| is_listed), allow);
    }
    response
}

fn methods(path: &str) -> Option<&'static str> {
    ROUTES.iter().find(|(known, _)| *known == path).map(|(_, methods)| *methods)
}

/// A change asked for by a page of another site, or an answer that it would make a part of itself.
/// Without `Origin` and `Sec-Fetch-Site` it is no browser's.
fn is_foreign(request: &Request, own: &str) -> bool {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_part = request.method() == Method::GET && is_part_of_another_site(request.headers());
    (is_part && owns(request.uri().path()))
        || !is_safe && request.headers().get_all(header::ORIGIN).iter().any(|origin| origin != own)
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Exact origins, the bearer header, never credentials: a cookie is of no use here anyway.
fn share(headers: &mut HeaderMap, origin: Option<HeaderValue>, allow: Option<&'static str>) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let rest: [(HeaderName, &'static str); 4] = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, allow.unwrap_or("GET")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in rest {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
