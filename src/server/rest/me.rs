//! The own account.

use super::asked::Asked;
use super::body::Null;
use super::detail::{Family, Refusal, json_response, refusing};
use super::login::ignore_flags;
use super::shapes::{Detail, DetailOrReason, Invalids, OwnUpdate, User};
use crate::server::accounts::{self, OwnChanges};
use axum::http::StatusCode;
use axum::response::Response;

/// Who am I?
#[utoipa::path(get, path = "/users/me", tag = "users", security(("bearer" = [])),
    responses((status = 200, body = User), (status = 401, body = Detail), (status = 403, body = Detail)))]
pub async fn read(asked: Asked) -> Result<Response, Refusal> {
    let session = asked.session().await?;
    let mut response = json_response(StatusCode::OK, &User::from(&session.person()));
    // As long as nothing can have changed, the same question gets this answer again.
    response.extensions_mut().insert(session.read_at());
    Ok(response)
}

/// Change the own address or password
///
/// Needs `current_password`, or a login within five minutes. A new password ends every other
/// session. A new address counts once it is confirmed.
#[utoipa::path(patch, path = "/users/me", tag = "users", security(("bearer" = [])), request_body = OwnUpdate,
    responses((status = 200, body = User), (status = 400, body = DetailOrReason), (status = 401, body = Detail),
        (status = 403, body = Detail), (status = 422, body = Invalids),
        (status = 429, description = "Too many guesses at `current_password`; come back after `Retry-After` seconds", body = Detail)))]
pub async fn update(asked: Asked) -> Result<Response, Refusal> {
    let payload = asked.json()?;
    let session = asked.session().await?;
    let mut fields = payload.fields()?;
    let changes = OwnChanges {
        password: fields.maybe_text("password", Null::Ignored),
        email: fields.maybe_email("email"),
        current_password: fields.maybe_text("current_password", Null::Ignored),
    };
    ignore_flags(&mut fields);
    fields.finish()?;
    let person = accounts::update_own(&asked.services, &asked.origin, &session, changes)
        .await
        .map_err(refusing(Family::Update))?;
    Ok(json_response(StatusCode::OK, &User::from(&person)))
}
