//! The login form of OAuth2 (RFC 6749 section 4.3), urlencoded or multipart.

use super::asked::MAX_BODY_BYTES;
use super::detail::Refusal;
use super::invalid::Invalid;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, Request, StatusCode, header};

/// More are not read.
const MOST_FIELDS: usize = 32;

/// Address and password.
pub struct Credentials {
    pub username: String,
    pub password: String,
}

/// Reads the form. Anything that is none counts as an empty one; empty fields count as missing.
pub async fn read(headers: &HeaderMap, body: &Bytes) -> Result<Credentials, Refusal> {
    let fields = match essence(headers).as_str() {
        "application/x-www-form-urlencoded" => urlencoded(body)?,
        "multipart/form-data" => multipart(headers, body.clone()).await?,
        _ => Vec::new(),
    };
    let mut wrong = Vec::new();
    if let Some(grant) = one(&fields, "grant_type", &mut wrong)
        && grant != "password"
    {
        wrong.push(Invalid::no_match("grant_type", "^password$"));
    }
    let mut required = |name: &str| {
        let value = one(&fields, name, &mut wrong);
        if value.is_none() && !fields.iter().any(|(known, value)| known == name && !value.is_empty()) {
            wrong.push(Invalid::missing(name));
        }
        value
    };
    match (required("username"), required("password")) {
        (Some(username), Some(password)) if wrong.is_empty() => Ok(Credentials { username, password }),
        _ => Err(Refusal::invalid(&wrong)),
    }
}

/// The value of a field that came once and is not empty.
fn one(fields: &[(String, String)], name: &str, wrong: &mut Vec<Invalid>) -> Option<String> {
    let mut found = fields.iter().filter(|(known, _)| known == name);
    let (_, value) = found.next()?;
    if found.next().is_some() {
        wrong.push(Invalid::doubled(name));
        return None;
    }
    (!value.is_empty()).then(|| value.clone())
}

fn urlencoded(body: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    let pairs: Vec<_> = url::form_urlencoded::parse(body).into_owned().take(MOST_FIELDS + 1).collect();
    if pairs.len() > MOST_FIELDS { Err(too_many()) } else { Ok(pairs) }
}

async fn multipart(headers: &HeaderMap, body: Bytes) -> Result<Vec<(String, String)>, Refusal> {
    let broken = |_| Refusal::plain(StatusCode::BAD_REQUEST);
    let mut request = Request::new(Body::from(body));
    if let Some(kind) = headers.get(header::CONTENT_TYPE) {
        request.headers_mut().insert(header::CONTENT_TYPE, kind.clone());
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Refusal::plain(StatusCode::BAD_REQUEST))?;
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        if part.file_name().is_some() {
            return Err(Refusal::one(Invalid::no_text(if name == "username" { "username" } else { "password" })));
        }
        let value = part.bytes().await.map_err(broken)?;
        debug_assert!(value.len() <= MAX_BODY_BYTES, "the whole body is bounded");
        fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        if fields.len() > MOST_FIELDS {
            return Err(too_many());
        }
    }
    Ok(fields)
}

fn too_many() -> Refusal {
    Refusal::plain(StatusCode::BAD_REQUEST)
}

fn essence(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
