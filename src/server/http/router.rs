//! Every route of the server.

use super::{forms, guard, headers, pages, preferences, recovery_text, same_origin, static_files, trouble};
use crate::app::App;
use crate::server::services::Services;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::routing::{get, post};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The whole server as one service.
pub fn router(services: Arc<Services>) -> Router {
    layered(routes(&services), services)
}

fn routes(services: &Arc<Services>) -> Router<Arc<Services>> {
    // Listing the routes also tells Leptos which executor draws its pages.
    let drawn = leptos_axum::generate_route_list(App);
    let pages = drawn
        .iter()
        .fold(Router::new().route("/", get(pages::page)), |router, route| router.route(route.path(), get(pages::page)));
    let guarded = pages.layer(from_fn_with_state(Arc::clone(services), guard::guard));
    Router::new()
        .merge(guarded)
        .route("/recovery-codes.txt", get(recovery_text::download))
        .route("/fn/{name}", post(forms::call))
        .route("/preferences", post(preferences::choose))
        .route("/pkg/{file}", get(static_files::hashed))
        .route("/favicon.svg", get(static_files::plain))
        .route("/robots.txt", get(static_files::plain))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(|| async { StatusCode::NOT_FOUND })
}

/// What stands around every route, from the inside out.
pub fn layered(routes: Router<Arc<Services>>, services: Arc<Services>) -> Router {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&services), same_origin::check))
        .layer(CatchPanicLayer::custom(trouble::panicked))
        .layer(from_fn_with_state(Arc::clone(&services), trouble::as_page))
        .layer(map_response_with_state(Arc::clone(&services), headers::finish))
        .with_state(services)
}
