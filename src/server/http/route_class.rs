//! What kind of thing a path is, for the metrics.

use crate::model::access::access;
use crate::server::rest;

/// The class of a path: few, whatever is asked for.
pub fn of(path: &str) -> &'static str {
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
