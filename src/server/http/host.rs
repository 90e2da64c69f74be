//! Which name we answer to. Links and origins come from `SEKISHO_PUBLIC_URL` alone, so a foreign
//! `Host` changes nothing; it is refused all the same, for whoever is led here under another name
//! (DNS rebinding) meets cookies and pages that were not meant for it.

use crate::server::config::PublicUrl;
use crate::server::rest;
use axum::extract::Request;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;

/// What a `Host` header means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Us,
    /// This machine under another name: a person may well have typed it.
    Loopback,
    Stranger,
}

/// What to answer a request that does not ask for us; one that does gets its plain target.
pub fn judge(public_url: &PublicUrl, request: &mut Request) -> Option<Response> {
    // The authority of an absolute target (`GET http://other/ HTTP/1.1`) says nothing.
    let target = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    match named(request.headers(), public_url) {
        Named::Us => {}
        _ if matches!(target.path(), "/healthz" | "/readyz") => {}
        Named::Loopback if is_get => {
            let location = format!("{}{target}", public_url.origin);
            return Some((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response());
        }
        Named::Loopback | Named::Stranger if rest::owns(target.path()) => {
            return Some(rest::refuse(StatusCode::MISDIRECTED_REQUEST));
        }
        Named::Loopback | Named::Stranger => return Some(StatusCode::MISDIRECTED_REQUEST.into_response()),
    }
    if request.uri().authority().is_some() {
        *request.uri_mut() = Uri::from(target);
    }
    None
}

/// Without `Host` nothing is claimed; the loop that reads requests from sockets asks for one.
fn named(headers: &HeaderMap, public_url: &PublicUrl) -> Named {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => return Named::Us,
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        _ => None,
    };
    let Some(host) = host.filter(|host| !host.as_str().contains('@')) else { return Named::Stranger };
    let own_port = if public_url.is_https { 443 } else { 80 };
    let with_port = host.port_u16().filter(|port| *port != own_port);
    let spelled = with_port.map_or_else(|| host.host().to_owned(), |port| format!("{}:{port}", host.host()));
    if spelled.eq_ignore_ascii_case(&public_url.authority) {
        Named::Us
    } else if public_url.is_loopback && is_loopback(host.host()) {
        Named::Loopback
    } else {
        Named::Stranger
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = host.to_ascii_lowercase();
    bare.parse::<IpAddr>().map_or(name == "localhost" || name.ends_with(".localhost"), |address| address.is_loopback())
}
