//! Everything about somebody as a file, for themselves.

use super::{origin, trouble};
use crate::model::Problem;
use crate::server::accounts;
use crate::server::failure::Failure;
use crate::server::services::Services;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Downloads it. Whoever must log in or prove who they are first is led there, and back to the page with the button.
pub async fn download(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let call = origin::call_of(&services, &parts);
    let data = async {
        let session = call.session().await?;
        let data = accounts::my_data(&services, &session).await?;
        serde_json::to_vec_pretty(&data).map_err(|cause| Failure::Broken(cause.into()))
    };
    let detour = |page: &'static str| (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response();
    match data.await {
        Ok(json) => {
            let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"sekisho-my-data.json\"");
            ([kind, name], json).into_response()
        }
        Err(Failure::Refused(Problem::SignedOut)) => detour("/login?next=%2Faccount"),
        Err(Failure::Refused(Problem::LoginTooOld)) => detour("/confirm?next=%2Faccount"),
        Err(failure) => trouble::answer(failure.into_problem()),
    }
}
