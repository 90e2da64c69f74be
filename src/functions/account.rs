//! Leaving.

use crate::model::Problem;
use leptos::prelude::*;

/// Lets the account be deleted in fourteen days and signs out everywhere.
#[server(prefix = "/fn", endpoint = "account-delete")]
pub async fn leave(current_password: String, code: Option<String>) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{accounts, call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let proof = sessions::Proof { password: current_password, code: code.unwrap_or_default() };
    accounts::leave(call.services(), call.origin(), &session, proof).await.map_err(Failure::into_problem)?;
    call.sign_out("");
    call.done(Notice::Left, "/login");
    Ok(())
}
