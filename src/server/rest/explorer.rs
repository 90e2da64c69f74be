//! A page on which people try the API: our own, small, from our own origin, under its own policy.

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};

/// Scripts and styles of ours, calls to us, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const AN_HOUR: &str = "public, max-age=3600";

/// The page.
pub async fn page() -> Response {
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    let headers = [kind, (header::CACHE_CONTROL, AN_HOUR), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, include_str!("explorer/page.html")).into_response()
}

/// The other address under which fastapi shows its documentation.
pub async fn redoc() -> Redirect {
    Redirect::temporary("/docs")
}

/// Its script.
pub async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("explorer/explorer.js"))
}

/// Its styles.
pub async fn styles() -> Response {
    file("text/css; charset=utf-8", include_str!("explorer/explorer.css"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, AN_HOUR)], text).into_response()
}
