//! The request as server functions see it.

use crate::server::call::Call;
use crate::server::call::cookies::Jar;
use crate::server::call::origin::origin_of;
use crate::server::services::Services;
use axum::http::request::Parts;
use std::sync::Arc;

/// Gathers what a request brings.
pub fn call_of(services: &Arc<Services>, parts: &Parts) -> Call {
    let jar = Jar::read(&parts.headers);
    let origin = origin_of(&services.config.limits.trusted_proxies, parts, Some(&jar));
    Call::new(Arc::clone(services), origin, jar)
}
