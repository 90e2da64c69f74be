//! In, through the second factor, and out.

use crate::model::Problem;
use leptos::prelude::*;

/// Checks address and password and leads to what follows: a code, the set-up, or the page wanted.
#[server(prefix = "/fn", endpoint = "login")]
pub async fn log_in(email: String, password: String, keep: Option<String>, next: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let stay = if keep.is_some() { sessions::Stay::Long } else { sessions::Stay::Short };
    let form = sessions::LoginForm { email, password, stay, next };
    let login = sessions::log_in(call.services(), call.origin(), form).await.map_err(Failure::into_problem)?;
    call.finish_login(login);
    Ok(())
}

/// Finishes a login with a code or a recovery code.
#[server(prefix = "/fn", endpoint = "tfa")]
pub async fn finish_with_code(code: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let pending = call.pending().await.map_err(Failure::into_problem)?;
    let finished = sessions::finish_with_code(call.services(), call.origin(), &pending, &code).await;
    call.sign_in(&finished.map_err(Failure::into_problem)?);
    Ok(())
}

/// Ends the session of this browser, or its half-finished login, and leads to the login page, which then leads to `next`.
/// Without a session there is nothing to end, and that is no error.
#[server(prefix = "/fn", endpoint = "logout")]
pub async fn log_out(next: Option<String>) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    if let Some(session) = call.find_session().await.map_err(Failure::into_problem)? {
        sessions::log_out(call.services(), call.origin(), &session).await.map_err(Failure::into_problem)?;
    }
    if let Some(pending) = call.find_pending().await.map_err(Failure::into_problem)? {
        sessions::abandon(call.services(), &pending).await.map_err(Failure::into_problem)?;
    }
    call.sign_out(&next.unwrap_or_default());
    Ok(())
}
