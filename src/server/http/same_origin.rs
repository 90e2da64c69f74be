//! Refuses what another site makes a browser send (cross-site request forgery, login included).

use super::trouble;
use crate::model::Problem;
use crate::model::access::access;
use crate::server::call::origin::is_part_of_another_site;
use crate::server::rest;
use crate::server::services::Services;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;

/// What a person downloads, behind no page of its own.
const DOWNLOADS: [&str; 2] = ["/recovery-codes.txt", "/account/data.json"];

/// Lets an unsafe request pass only if it comes from our own pages, and pages be opened rather than
/// loaded as parts of others.
pub async fn check<F: Future<Output = Response>>(
    services: &Services,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // The API has a rule of its own: it reads no cookie.
    let is_api = rest::owns(request.uri().path());
    let is_page = access(request.uri().path()).is_some() || DOWNLOADS.contains(&request.uri().path());
    let passes = match is_safe {
        true => !is_page || !is_part_of_another_site(request.headers()),
        false => is_api || comes_from(request.headers(), &services.config.public_url.origin),
    };
    let mut response = if passes {
        next(request).await
    } else {
        tracing::warn!(
            kind = "foreign_request_refused",
            path = request.uri().path(),
            "A request from another site was refused."
        );
        trouble::answer(Problem::ForeignRequest)
    };
    if is_page {
        let decides = HeaderValue::from_static("Sec-Fetch-Site, Sec-Fetch-Mode");
        response.headers_mut().append(header::VARY, decides);
    }
    response
}

/// `Sec-Fetch-Site` decides where it is sent, else `Origin`. `same-site` is foreign: another port
/// of this host is another service, and the browser would send it all our cookies.
fn comes_from(headers: &HeaderMap, own_origin: &str) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    let origin = headers.get(header::ORIGIN).map(|value| value.as_bytes());
    match (site, origin) {
        (Some(site), _) => site == b"same-origin",
        (None, Some(origin)) => origin == own_origin.as_bytes(),
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::comes_from;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn passes(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        comes_from(&pairs.collect::<HeaderMap>(), "http://127.0.0.1:3000")
    }

    #[test]
    fn only_our_own_pages_may_change_anything() {
        assert!(passes(&[("sec-fetch-site", "same-origin")]));
        assert!(passes(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(passes(&[("origin", "http://127.0.0.1:3000")]));
        assert!(passes(&[]), "no browser sends neither header, and without a cookie nothing is at stake");
        for site in ["same-site", "cross-site", "none", ""] {
            assert!(!passes(&[("sec-fetch-site", site), ("origin", "http://127.0.0.1:3000")]), "{site}");
        }
        for origin in
            ["null", "http://127.0.0.1:3001", "https://127.0.0.1:3000", "http://localhost:3000", "http://evil.test"]
        {
            assert!(!passes(&[("origin", origin)]), "{origin}");
        }
        assert!(!passes(&[("cookie", "__Host-session=x")]));
    }
}
