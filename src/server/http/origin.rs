//! Where a request comes from: the peer of its socket. Forwarding headers are not believed.

use crate::server::audit::Origin;
use crate::server::call::{Call, cookies::Jar};
use crate::server::services::Services;
use axum::extract::ConnectInfo;
use axum::http::{header, request::Parts};
use std::net::SocketAddr;
use std::sync::Arc;

const MAX_AGENT_BYTES: usize = 256;

/// The request as server functions see it.
pub fn call_of(services: &Arc<Services>, parts: &Parts) -> Call {
    Call::new(Arc::clone(services), origin_of(parts), Jar::read(&parts.headers))
}

fn origin_of(parts: &Parts) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.ip().to_canonical().to_string());
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent = agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT_BYTES).collect();
    Origin { address, agent }
}
