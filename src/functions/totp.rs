//! Setting up the second factor.

use crate::model::Problem;
use crate::model::views::EnrolmentView;
use leptos::prelude::*;

/// What the set-up page shows: QR code, key and link of the secret waiting for its first code.
#[server(prefix = "/fn", endpoint = "enrolment")]
pub async fn enrolment() -> Result<EnrolmentView, Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    sessions::show_enrolment(&call.enroller().await.map_err(Failure::into_problem)?, call.services())
        .await
        .map_err(Failure::into_problem)
}

/// Turns the second factor on with the first code.
#[server(prefix = "/fn", endpoint = "totp-setup")]
pub async fn confirm_totp(code: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let enroller = call.enroller().await.map_err(Failure::into_problem)?;
    let session = sessions::enrol(call.services(), call.origin(), &enroller, &code).await;
    call.sign_in(&session.map_err(Failure::into_problem)?);
    Ok(())
}

/// Makes the secret of a set-up, in place of an earlier one.
#[server(prefix = "/fn", endpoint = "totp-restart")]
pub async fn restart_totp() -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let enroller = call.enroller().await.map_err(Failure::into_problem)?;
    sessions::restart_enrolment(call.services(), &enroller).await.map_err(Failure::into_problem)?;
    call.redirect("/totp-setup");
    Ok(())
}
