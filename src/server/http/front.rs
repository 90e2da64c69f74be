//! What happens to every request first and last: is it for us, and what became of it.

use super::host;
use crate::model::access::access;
use crate::server::rest;
use crate::server::services::Services;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;

/// Lets a request pass that asks for us, and counts what was answered.
pub async fn receive(State(services): State<Arc<Services>>, mut request: Request, next: Next) -> Response {
    let (route, started) = (route(request.uri().path()), Instant::now());
    let response = match host::judge(&services.config.public_url, &mut request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    services.metrics.count_request(route, response.status().as_u16(), started.elapsed());
    response
}

/// The class of a path: few, whatever is asked for.
fn route(path: &str) -> &'static str {
    match path {
        "/auth/jwt/login" | "/auth/login-tfa" | "/fn/login" | "/fn/tfa" => "login",
        "/auth/register" | "/fn/register" => "register",
        _ if rest::owns(path) => "api",
        _ if access(path).is_some() => "page",
        _ if path.starts_with("/fn/") => "function",
        _ if path.starts_with("/pkg/") => "file",
        "/healthz" | "/readyz" => "health",
        _ => "other",
    }
}
