//! The answers of the dashboard.

use crate::model::Problem;
use crate::model::views::DashboardView;
use leptos::prelude::*;

/// What the dashboard shows its owner.
#[server(prefix = "/fn", endpoint = "dashboard")]
pub async fn dashboard() -> Result<DashboardView, Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    sessions::overview(call.services(), &session).await.map_err(Failure::into_problem)
}
