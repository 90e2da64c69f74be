//! Links by mail: a forgotten password, an address to confirm.

use super::asked::Asked;
use super::detail::{Family, Refusal, json_response, refusing};
use super::shapes::{Detail, DetailOrReason, EmailBody, Invalids, ResetBody, TokenBody, User};
use crate::server::accounts::{self, LinkTo};
use crate::server::email::Email;
use crate::server::passwords::reset;
use axum::http::StatusCode;
use axum::response::Response;

/// Mail a link for a new password
///
/// The answer is the same whether there is an account or not.
#[utoipa::path(post, path = "/auth/forgot-password", tag = "auth", request_body = EmailBody,
    responses((status = 202, description = "Always `null`", body = ()), (status = 422, body = Invalids)))]
pub async fn forgot_password(asked: Asked) -> Result<Response, Refusal> {
    accounts::ask_link(&asked.services, &asked.origin, LinkTo::NewPassword, &email_of(&asked)?).await?;
    Ok(json_response(StatusCode::ACCEPTED, &()))
}

/// Set a new password with a link
///
/// Ends every session of the account. The second factor is still asked at the next login.
#[utoipa::path(post, path = "/auth/reset-password", tag = "auth", request_body = ResetBody,
    responses((status = 200, description = "Always `null`", body = ()), (status = 400, body = DetailOrReason),
        (status = 422, body = Invalids)))]
pub async fn reset_password(asked: Asked) -> Result<Response, Refusal> {
    let mut fields = asked.json()?.fields()?;
    let (Some(token), Some(password)) = (fields.text("token"), fields.text("password")) else {
        return Err(fields.refused());
    };
    reset::reset(&asked.services, &asked.origin, &token, password).await.map_err(refusing(Family::Reset))?;
    Ok(json_response(StatusCode::OK, &()))
}

/// Mail a link that confirms the address
///
/// The answer is the same whether there is an account or not.
#[utoipa::path(post, path = "/auth/request-verify-token", tag = "auth", request_body = EmailBody,
    responses((status = 202, description = "Always `null`", body = ()), (status = 422, body = Invalids)))]
pub async fn request_verify_token(asked: Asked) -> Result<Response, Refusal> {
    accounts::ask_link(&asked.services, &asked.origin, LinkTo::ConfirmedAddress, &email_of(&asked)?).await?;
    Ok(json_response(StatusCode::ACCEPTED, &()))
}

/// Confirm an address, or a new one, with a link
#[utoipa::path(post, path = "/auth/verify", tag = "auth", request_body = TokenBody,
    responses((status = 200, body = User), (status = 400, body = Detail), (status = 422, body = Invalids)))]
pub async fn verify(asked: Asked) -> Result<Response, Refusal> {
    let mut fields = asked.json()?.fields()?;
    let Some(token) = fields.text("token") else { return Err(fields.refused()) };
    let person = accounts::verify(&asked.services, &asked.origin, &token).await.map_err(refusing(Family::Verify))?;
    Ok(json_response(StatusCode::OK, &User::from(&person)))
}

fn email_of(asked: &Asked) -> Result<Email, Refusal> {
    let mut fields = asked.json()?.fields()?;
    fields.email("email").ok_or_else(|| fields.refused())
}
