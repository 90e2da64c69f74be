//! Answers before a page is drawn: a redirect from inside the drawing would carry the page along.

use super::{origin, trouble};
use crate::model::access::{Access, access};
use crate::server::call::{Call, confirm_then, login_then};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::totp;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Leads visitors to the page that fits them.
pub async fn guard(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let call = origin::call_of(&services, &parts);
    match detour(&call, &parts.uri).await {
        Ok(None) => next.run(Request::from_parts(parts, body)).await,
        Ok(Some(page)) => (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response(),
        Err(failure) => trouble::answer(failure.into_problem()),
    }
}

/// The page to open instead of this one, if another one fits.
async fn detour(call: &Call, uri: &Uri) -> Result<Option<String>, Failure> {
    let Some(access) = access(uri.path()) else { return Ok(None) };
    let session = call.find_session().await?;
    if uri.path() == "/" {
        return Ok(Some(if session.is_some() { "/dashboard" } else { "/login" }.to_owned()));
    }
    Ok(match (access, session) {
        (Access::Anyone, _) | (Access::Session, Some(_)) | (Access::SignedOut, None) => None,
        (Access::SignedOut | Access::PendingCode, Some(_)) => Some("/dashboard".to_owned()),
        (Access::Enrolment, Some(session)) => {
            let is_settled = totp::is_settled(call.services(), session.account()).await?;
            let may_enrol = !is_settled || totp::may_replace(call.services(), session.digest()).await?;
            (!may_enrol).then(|| "/dashboard".to_owned())
        }
        (Access::PendingCode, None) => match call.find_pending().await? {
            Some(pending) if pending.owes_enrolment() => Some("/totp-setup".to_owned()),
            Some(_) => None,
            None => Some("/login".to_owned()),
        },
        (Access::Enrolment, None) => match call.find_pending().await? {
            Some(pending) if pending.owes_enrolment() => None,
            Some(_) => Some("/tfa".to_owned()),
            None => Some("/login".to_owned()),
        },
        (Access::FreshSession, Some(session)) => {
            let is_fresh = session.require_fresh_login(call.services()).is_ok();
            (!is_fresh).then(|| confirm_then(uri.path()))
        }
        (Access::Session | Access::FreshSession, None) => {
            Some(login_then(uri.path_and_query().map_or("/", axum::http::uri::PathAndQuery::as_str)))
        }
    })
}
