//! In and out.

use super::asked::Asked;
use super::body::Null;
use super::detail::{Family, Refusal, json_response, refusing};
use super::shapes::{BearerToken, CodeLogin, CodeToken, Detail, Invalids, LoginForm};
use crate::server::sessions::{self, Bearer, Granted};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Log in with address and password
///
/// Where a second factor is owed, the token belongs to a pending login: it opens `check-totp`,
/// `totp-setup`, `setup-totp` and `logout`, and nothing else.
#[utoipa::path(post, path = "/auth/jwt/login", tag = "auth",
    request_body(content((LoginForm = "application/x-www-form-urlencoded"), (LoginForm = "multipart/form-data"))),
    responses((status = 200, body = BearerToken), (status = 400, body = Detail), (status = 422, body = Invalids),
        (status = 429, description = "Too many guesses; come back after `Retry-After` seconds", body = Detail)))]
pub async fn login(asked: Asked) -> Result<Response, Refusal> {
    let form = asked.form().await?;
    let granted = sessions::log_in_by_api(&asked.services, &asked.origin, form.username, form.password)
        .await
        .map_err(refusing(Family::Login))?;
    let access_token = match granted {
        Granted::Access(token) => token,
        Granted::Pending(token) => token.expose().to_owned(),
    };
    Ok(json_response(StatusCode::OK, &BearerToken { access_token, token_type: "bearer" }))
}

/// Log in with address, password and code at once
#[utoipa::path(post, path = "/auth/login-tfa", tag = "auth", request_body = CodeLogin,
    responses((status = 200, body = CodeToken), (status = 400, body = Detail), (status = 422, body = Invalids),
        (status = 429, description = "Too many guesses; come back after `Retry-After` seconds", body = Detail)))]
pub async fn login_tfa(asked: Asked) -> Result<Response, Refusal> {
    let mut fields = asked.json()?.fields()?;
    let typed = (fields.text("username"), fields.text("password"), fields.text("otp"));
    let (Some(username), Some(password), Some(otp)) = typed else { return Err(fields.refused()) };
    let token = sessions::log_in_with_code(&asked.services, &asked.origin, &username, password, &otp)
        .await
        .map_err(refusing(Family::CodeLogin))?;
    Ok(json_response(StatusCode::OK, &CodeToken { token }))
}

/// End this session
///
/// The token is refused from the next request on.
#[utoipa::path(post, path = "/auth/jwt/logout", tag = "auth", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = Detail), (status = 403, body = Detail)))]
pub async fn logout(asked: Asked) -> Result<Response, Refusal> {
    match asked.bearer().await? {
        Bearer::Pending(pending) => sessions::abandon(&asked.services, &pending).await?,
        Bearer::Full(_) => {
            let session = asked.session().await?;
            sessions::log_out(&asked.services, &asked.origin, &session).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The three flags that clients of fastapi-users may send about themselves: looked at, then ignored.
pub fn ignore_flags(fields: &mut super::body::Fields) {
    for flag in ["is_active", "is_superuser", "is_verified"] {
        fields.flag(flag, Null::Ignored);
    }
}
