//! Where the account is signed in.

use crate::model::Problem;
use crate::model::views::SessionsView;
use leptos::prelude::*;

/// Every place where the account is signed in.
#[server(prefix = "/fn", endpoint = "sessions")]
pub async fn sessions() -> Result<SessionsView, Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let places = sessions::places(call.services(), &session).await.map_err(Failure::into_problem)?;
    Ok(SessionsView { sessions: places, now: call.services().clock.now() })
}

/// Ends one of them.
#[server(prefix = "/fn", endpoint = "session-end")]
pub async fn end_session(name: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    sessions::end_one(call.services(), call.origin(), &session, &name).await.map_err(Failure::into_problem)?;
    call.done(Notice::SessionEnded, "/sessions");
    Ok(())
}

/// Ends all of them but this one.
#[server(prefix = "/fn", endpoint = "sessions-end")]
pub async fn end_other_sessions() -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    sessions::end_others(call.services(), call.origin(), &session).await.map_err(Failure::into_problem)?;
    call.done(Notice::OtherSessionsEnded, "/sessions");
    Ok(())
}
