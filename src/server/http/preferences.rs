//! Language and theme: plain forms that lead back to where they stood.

use crate::model::Language;
use crate::model::access::access;
use crate::server::call::cookies;
use axum::Form;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

#[derive(serde::Deserialize)]
pub struct Choice {
    language: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    path: String,
}

/// Remembers a choice for a year.
pub async fn choose(Form(choice): Form<Choice>) -> Response {
    let language =
        choice.language.filter(|language| Language::of_tag(language).is_some_and(|known| known.tag() == language));
    let theme = choice.theme.filter(|theme| matches!(theme.as_str(), "light" | "dark" | "auto"));
    let mut headers = HeaderMap::new();
    let chosen = [(cookies::LANGUAGE, language), (cookies::THEME, theme)];
    for (name, value) in chosen.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        if let Ok(cookie) = HeaderValue::from_str(&cookies::preference(name, &value)) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    let back = if access(&choice.path).is_some() { choice.path } else { "/".to_owned() };
    (StatusCode::SEE_OTHER, headers, [(header::LOCATION, back)]).into_response()
}
