//! Which language a request speaks.

use crate::model::Language;
use axum::http::{HeaderMap, header};

/// The language chosen by hand, else the first of the browser's that we speak, else English.
pub fn language(chosen: Option<&str>, headers: &HeaderMap) -> Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = chosen.into_iter().chain(accepted.split(',').map(str::trim));
    wanted.filter_map(Language::of_tag).next().unwrap_or_default()
}
