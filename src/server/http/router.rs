//! Every route of the server.

use super::back_row::BackRow;
use super::web::Web;
use super::{bounds, forms, guard, links, my_data, pages, preferences, recovery_text, static_files};
use crate::model::access::PAGES;
use crate::server::rest;
use crate::server::services::Services;
use any_spawner::Executor;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::sync::Arc;

/// The whole web side; without a back row everything is worked on where it comes in.
pub fn web(services: Arc<Services>, back_row: Option<BackRow>) -> Web {
    // Tells Leptos who runs the tasks of its pages; refused from the second time on.
    drop(Executor::init_tokio());
    Web::new(routes(&services), services, back_row)
}

fn routes(services: &Arc<Services>) -> Router<Arc<Services>> {
    let pages = PAGES.iter().fold(Router::new(), |router, (path, _)| router.route(path, get(pages::page)));
    let guarded = pages.layer(from_fn_with_state(Arc::clone(services), guard::guard)).layer(from_fn(links::take));
    Router::new()
        .merge(guarded)
        .route("/recovery-codes.txt", get(recovery_text::download))
        .route("/account/data.json", get(my_data::download))
        .route("/fn/{name}", post(forms::call))
        .route("/preferences", post(preferences::choose))
        .route("/pkg/{file}", get(static_files::hashed))
        .route("/favicon.svg", get(static_files::plain))
        .route("/robots.txt", get(static_files::plain))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(bounds::MAX_BODY_BYTES))
        .merge(rest::router(services))
        .fallback(|| async { StatusCode::NOT_FOUND })
}
