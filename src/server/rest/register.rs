//! A new account.

use super::asked::Asked;
use super::detail::{Family, Refusal, json_response, refusing};
use super::login::ignore_flags;
use super::shapes::{Detail, DetailOrReason, Invalids, NewUser, User};
use crate::server::accounts::{self, Registration};
use axum::http::StatusCode;
use axum::response::Response;

/// Make an account
#[utoipa::path(post, path = "/auth/register", tag = "auth", request_body = NewUser,
    responses((status = 201, body = User), (status = 400, body = DetailOrReason), (status = 403, body = Detail),
        (status = 422, body = Invalids),
        (status = 429, description = "Too many accounts; come back after `Retry-After` seconds", body = Detail)))]
pub async fn register(asked: Asked) -> Result<Response, Refusal> {
    let mut fields = asked.json()?.fields()?;
    let typed = (fields.email("email"), fields.text("password"));
    ignore_flags(&mut fields);
    let (Some(email), Some(password)) = typed else { return Err(fields.refused()) };
    fields.finish()?;
    let form = Registration { email: email.address().to_owned(), password };
    let person = accounts::register(&asked.services, &asked.origin, form).await.map_err(refusing(Family::Register))?;
    Ok(json_response(StatusCode::CREATED, &User::from(&person)))
}
