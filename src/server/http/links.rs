//! Links of mails: the token leaves the address bar at once, so that it stands in no history, no
//! `Referer` and no log. Opening a link spends nothing; mail scanners and previews open them too.

use crate::server::call::cookies;
use crate::server::keys::Token;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// How long the page waits for its button, in seconds.
const PATIENCE_S: i64 = 10 * 60;

/// The pages that links lead to, and the cookie that keeps the token of each.
const LINKS: [(&str, &str); 4] = [
    ("/reset-password", cookies::RESET),
    ("/verify-email", cookies::VERIFY),
    ("/not-me", cookies::NOT_ME),
    ("/undo-email", cookies::UNDO_EMAIL),
];

/// Puts the token of a link into a cookie and opens the page without it.
pub async fn take(request: Request, next: Next) -> Response {
    let link = LINKS.iter().find(|(page, _)| *page == request.uri().path());
    let token = request.uri().query().and_then(|query| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(name, _)| name == "token").map(|(_, value)| value.into_owned())
    });
    match (link, token) {
        (Some((page, cookie)), Some(token)) if request.method() == Method::GET => to_cookie(page, cookie, &token),
        _ => next.run(request).await,
    }
}

fn to_cookie(page: &str, cookie: &'static str, token: &str) -> Response {
    // Something else is kept as a sign: the page says that the link is none.
    let token = Token::parse(token);
    let kept = cookies::secret(cookie, token.as_ref().map_or("none", Token::expose), Some(PATIENCE_S));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response();
    if let Ok(kept) = HeaderValue::from_str(&kept) {
        response.headers_mut().insert(header::SET_COOKIE, kept);
    }
    response
}
