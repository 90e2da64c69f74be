//! Every route of the API.

use super::detail::Refusal;
use super::{door, explorer, login, me, meta, openapi, recover, register, second_factor, users};
use crate::server::services::Services;
use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use std::sync::Arc;

/// Every path and its methods.
pub const ROUTES: [(&str, &str); 22] = [
    ("/auth/jwt/login", "POST"),
    ("/auth/jwt/logout", "POST"),
    ("/auth/register", "POST"),
    ("/auth/forgot-password", "POST"),
    ("/auth/reset-password", "POST"),
    ("/auth/request-verify-token", "POST"),
    ("/auth/verify", "POST"),
    ("/auth/check-totp", "GET"),
    ("/auth/totp-setup", "GET"),
    ("/auth/setup-totp", "POST"),
    ("/auth/login-tfa", "POST"),
    ("/users", "GET"),
    ("/users/me", "GET, PATCH, DELETE"),
    ("/users/{id}", "GET, PATCH, DELETE"),
    ("/.well-known/jwks.json", "GET"),
    ("/.well-known/change-password", "GET"),
    ("/readyz", "GET"),
    ("/openapi.json", "GET"),
    ("/docs", "GET"),
    ("/redoc", "GET"),
    ("/docs/explorer.js", "GET"),
    ("/docs/explorer.css", "GET"),
];

/// The routes, behind their door.
pub fn router(services: &Arc<Services>) -> Router<Arc<Services>> {
    Router::new()
        .route("/auth/jwt/login", post(login::login))
        .route("/auth/jwt/logout", post(login::logout))
        .route("/auth/register", post(register::register))
        .route("/auth/forgot-password", post(recover::forgot_password))
        .route("/auth/reset-password", post(recover::reset_password))
        .route("/auth/request-verify-token", post(recover::request_verify_token))
        .route("/auth/verify", post(recover::verify))
        .route("/auth/check-totp", get(second_factor::check_totp))
        .route("/auth/totp-setup", get(second_factor::totp_setup))
        .route("/auth/setup-totp", post(second_factor::setup_totp))
        .route("/auth/login-tfa", post(login::login_tfa))
        .route("/users", get(users::list))
        .route("/users/me", get(me::read).patch(me::update).delete(users::delete_me))
        .route("/users/{id}", get(users::read).patch(users::update).delete(users::delete))
        .route("/.well-known/jwks.json", get(meta::jwks))
        .route("/.well-known/change-password", get(meta::change_password))
        .route("/readyz", get(meta::ready))
        .route("/openapi.json", get(openapi::describe))
        .route("/docs", get(explorer::page))
        .route("/redoc", get(explorer::redoc))
        .route("/docs/explorer.js", get(explorer::script))
        .route("/docs/explorer.css", get(explorer::styles))
        .route("/auth", any(elsewhere))
        .route("/auth/", any(elsewhere))
        .route("/auth/{*rest}", any(elsewhere))
        .route("/users/", any(elsewhere))
        .route("/users/{id}/{*rest}", any(elsewhere))
        .route("/users/{id}/", any(elsewhere))
        .layer(from_fn_with_state(Arc::clone(services), door::pass))
}

/// A path that is none of the above, unless for the slash at its end.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    let plain = path.trim_end_matches('/');
    let is_ours = ROUTES.iter().any(|(known, _)| *known == plain) || is_account(plain);
    if plain == path || !is_ours {
        return Refusal::plain(StatusCode::NOT_FOUND).into_response();
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("{plain}{query}"))]).into_response()
}

fn is_account(path: &str) -> bool {
    path.strip_prefix("/users/").is_some_and(|id| !id.is_empty() && !id.contains('/'))
}
