//! The request as server functions see it.

use crate::server::call::origin::origin_of;
use crate::server::call::{Call, cookies::Jar};
use crate::server::services::Services;
use axum::http::request::Parts;
use std::sync::Arc;

/// Gathers what a request brings.
pub fn call_of(services: &Arc<Services>, parts: &Parts) -> Call {
    Call::new(Arc::clone(services), origin_of(parts), Jar::read(&parts.headers))
}
