//! The built files, embedded in the binary: one file to deploy, and nothing else can be served.

use crate::model::page_context::Assets;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

const FOREVER: &str = "public, max-age=31536000, immutable";
const AN_HOUR: &str = "public, max-age=3600";

/// `/pkg/…`: names that carry the hash of their content.
pub async fn hashed(Path(file): Path<String>, headers: HeaderMap) -> Response {
    file_at(&format!("pkg/{file}"), FOREVER, &headers)
}

/// The few files with plain names.
pub async fn plain(uri: Uri, headers: HeaderMap) -> Response {
    file_at(uri.path().trim_start_matches('/'), AN_HOUR, &headers)
}

/// The hashed names as this build has them, for a document with this nonce.
pub fn assets(nonce: String) -> Assets {
    let named = |ending: &str| {
        let found = Site::iter().find(|name| name.starts_with("pkg/") && name.ends_with(ending));
        found.map(|name| format!("/{name}")).unwrap_or_default()
    };
    Assets { js: named(".js"), wasm: named(".wasm"), css: named(".css"), nonce }
}

fn file_at(path: &str, cache: &'static str, headers: &HeaderMap) -> Response {
    let Some(kind) = media_type(path) else { return StatusCode::NOT_FOUND.into_response() };
    let accepts_brotli = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|accept| accept.split(',').any(|coding| coding.trim() == "br"));
    let compressed = if accepts_brotli { Site::get(&format!("{path}.br")) } else { None };
    let common = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache), (header::VARY, "Accept-Encoding")];
    match (compressed, Site::get(path)) {
        (Some(file), Some(_)) => (common, [(header::CONTENT_ENCODING, "br")], file.data).into_response(),
        (None, Some(file)) => (common, file.data).into_response(),
        (_, None) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml; charset=utf-8"),
        "txt" => Some("text/plain; charset=utf-8"),
        _ => None,
    }
}
