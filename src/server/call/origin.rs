//! Where a request comes from: the peer of its socket. Forwarding headers are not believed.

use super::language::language;
use crate::server::audit::Origin;
use axum::extract::ConnectInfo;
use axum::http::{header, request::Parts};
use std::net::SocketAddr;

const MAX_AGENT_BYTES: usize = 256;

/// Address and agent of a request.
///
/// `chosen` is the language a cookie names, where cookies are read.
pub fn origin_of(parts: &Parts, chosen: Option<&str>) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.ip().to_canonical().to_string());
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent = agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT_BYTES).collect();
    Origin { address, agent, language: language(chosen, &parts.headers) }
}
