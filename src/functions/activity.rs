//! What happened to the account.

use crate::model::Problem;
use crate::model::views::ActivityView;
use leptos::prelude::*;

/// A part of the history, newest first: what came before `before`, or the newest part.
#[server(prefix = "/fn", endpoint = "activity")]
pub async fn activity(before: Option<i64>) -> Result<ActivityView, Problem> {
    use crate::server::{audit, call::Call, failure::Failure};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    audit::activity(call.services(), session.account(), before).await.map_err(Failure::into_problem)
}

/// "This wasn't me": ends every session, this one too, and mails a link to a new password.
#[server(prefix = "/fn", endpoint = "not-me")]
pub async fn not_me() -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{accounts, call::Call, failure::Failure};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    accounts::not_me(call.services(), call.origin(), session.account()).await.map_err(Failure::into_problem)?;
    call.sign_out("");
    call.done(Notice::EverythingEnded, "/login");
    Ok(())
}
