//! A new account.

use crate::model::Problem;
use leptos::prelude::*;

/// Makes an account and leads to the login page.
#[server(prefix = "/fn", endpoint = "register")]
pub async fn register(email: String, password: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{accounts, call::Call, failure::Failure};
    let call = Call::here()?;
    let form = accounts::Registration { email, password };
    let person = accounts::register(call.services(), call.origin(), form).await.map_err(Failure::into_problem)?;
    call.remember_registration(&person.id);
    let must_verify = call.services().config.email_verification_is_required;
    call.done(if must_verify { Notice::CheckMail } else { Notice::Registered }, "/login");
    Ok(())
}
