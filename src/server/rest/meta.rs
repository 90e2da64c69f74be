//! What other programs ask of us: keys, health, where a password is changed.

use super::asked::Asked;
use super::detail::{Refusal, json_response};
use super::shapes::{Key, KeySet};
use crate::server::store::Unready;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The public keys that verify access tokens
///
/// May be kept for five minutes; look again when a token names a key that is not there.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "keys", responses((status = 200, body = KeySet)))]
pub async fn jwks(asked: Asked) -> Result<Response, Refusal> {
    let services = &asked.services;
    let now = services.clock.now();
    let public = services.signing_keys.public(&services.store, &services.keys, now).await?;
    let key = |kid, x| Key { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid, x };
    let keys = public.into_iter().map(|public| key(public.kid, public.x)).collect();
    let mut response = json_response(StatusCode::OK, &KeySet { keys });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}

/// Where people change their password, for password managers (W3C, "A Well-Known URL for Changing Passwords").
pub async fn change_password() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, "/security/password")]).into_response()
}

/// Whether people can log in: something is written into the database.
pub async fn ready(asked: Asked) -> Response {
    let store = &asked.services.store;
    let why = match store.health().is_ready(store).await {
        Ok(()) => return "ready\n".into_response(),
        Err(Unready::Damaged) => "not ready: the database is damaged\n",
        Err(Unready::Unwritable) => "not ready: the database cannot be written\n",
    };
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], why).into_response()
}
