//! One request as the routes see it: what it brings, and who asks.

use super::body::{self, Payload};
use super::detail::Refusal;
use super::form::{self, Credentials};
use crate::model::Problem;
use crate::server::audit::Origin;
use crate::server::call::origin::origin_of;
use crate::server::services::Services;
use crate::server::sessions::{self, Bearer, Session, Superuser};
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

/// Largest body that is read.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// One request.
pub struct Asked {
    pub services: Arc<Services>,
    pub origin: Origin,
    pub query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<Arc<Services>> for Asked {
    type Rejection = Refusal;

    async fn from_request(request: Request, services: &Arc<Services>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let origin = origin_of(&services.config.limits.trusted_proxies, &parts, None);
        let too_large = |_| Refusal::plain(StatusCode::PAYLOAD_TOO_LARGE);
        let body = to_bytes(body, MAX_BODY_BYTES).await.map_err(too_large)?;
        let query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self { services: Arc::clone(services), origin, query, headers: parts.headers, body })
    }
}

impl Asked {
    /// The body as JSON; its fields are looked at after who asks.
    pub fn json(&self) -> Result<Payload, Refusal> {
        body::read(&self.headers, &self.body)
    }

    /// The body as a login form.
    pub async fn form(&self) -> Result<Credentials, Refusal> {
        form::read(&self.headers, &self.body).await
    }

    /// Whoever the token stands for, half-finished logins included; else 401.
    pub async fn bearer(&self) -> Result<Bearer, Refusal> {
        let found = match self.token() {
            Some(token) => sessions::bearer(&self.services, token).await?,
            None => None,
        };
        found.ok_or_else(|| Refusal::plain(StatusCode::UNAUTHORIZED))
    }

    /// A full session of an account that may be used; else 401 or 403.
    pub async fn session(&self) -> Result<Session, Refusal> {
        let Bearer::Full(session) = self.bearer().await? else {
            return Err(Problem::SecondFactorRequired.into());
        };
        let is_unverified = session.person().verified_at.is_none();
        if self.services.config.email_verification_is_required && is_unverified {
            return Err(Problem::Forbidden.into());
        }
        Ok(session)
    }

    /// A superuser; else 401 or 403.
    pub async fn superuser(&self) -> Result<Superuser, Refusal> {
        Ok(sessions::superuser(&self.services, self.session().await?).await?)
    }

    /// A superuser who logged in lately enough to change something; else 401 or 403.
    pub async fn superuser_for_change(&self) -> Result<Superuser, Refusal> {
        let superuser = self.superuser().await?;
        superuser.require_fresh_login(&self.services)?;
        Ok(superuser)
    }

    /// From `Authorization: Bearer …`, sent once, and from nowhere else.
    fn token(&self) -> Option<&str> {
        let mut sent = self.headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (sent.next(), sent.next()) else { return None };
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
    }
}
