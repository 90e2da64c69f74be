//! The recovery codes just made.

use crate::model::Problem;
use crate::model::views::RecoverySheetView;
use leptos::prelude::*;

/// The codes, until one of them was typed back.
#[server(prefix = "/fn", endpoint = "recovery-sheet")]
pub async fn recovery_sheet() -> Result<Option<RecoverySheetView>, Problem> {
    use crate::server::{call::Call, failure::Failure, totp::recovery_codes};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    recovery_codes::sheet(call.services(), session.digest(), session.email()).await.map_err(Failure::into_problem)
}

/// Compares what was typed with the codes shown, and erases the copy if it is one of them.
#[server(prefix = "/fn", endpoint = "recovery-codes")]
pub async fn confirm_recovery_code(code: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, totp::recovery_codes};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    recovery_codes::confirm_sheet(call.services(), session.account(), session.digest(), &code)
        .await
        .map_err(Failure::into_problem)?;
    call.redirect("/dashboard");
    Ok(())
}

/// Makes ten new codes in place of the old ones and leads to them.
#[server(prefix = "/fn", endpoint = "recovery-codes-new")]
pub async fn renew_recovery_codes() -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    sessions::renew_recovery_codes(call.services(), call.origin(), &session).await.map_err(Failure::into_problem)?;
    call.redirect("/recovery-codes");
    Ok(())
}
