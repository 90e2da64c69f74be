//! Every route of the server.

use super::{forms, guard, headers, pages, preferences, recovery_text, same_origin, static_files};
use crate::app::App;
use crate::server::services::Services;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, http};
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The whole server as one service.
pub fn router(services: Arc<Services>) -> Router {
    // Listing the routes also tells Leptos which executor draws its pages.
    let drawn = leptos_axum::generate_route_list(App);
    let pages = drawn
        .iter()
        .fold(Router::new().route("/", get(pages::page)), |router, route| router.route(route.path(), get(pages::page)));
    let guarded = pages.layer(from_fn_with_state(Arc::clone(&services), guard::guard));
    Router::new()
        .merge(guarded)
        .route("/recovery-codes.txt", get(recovery_text::download))
        .route("/fn/{name}", post(forms::call))
        .route("/preferences", post(preferences::choose))
        .route("/pkg/{file}", get(static_files::hashed))
        .route("/favicon.svg", get(static_files::plain))
        .route("/robots.txt", get(static_files::plain))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&services), same_origin::check))
        .layer(CatchPanicLayer::custom(something_went_wrong))
        .layer(map_response_with_state(Arc::clone(&services), headers::finish))
        .with_state(services)
}

fn something_went_wrong(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("A request panicked.");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(http::header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        "Something went wrong on our side.\n",
    )
        .into_response()
}
