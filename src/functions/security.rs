//! How the account is protected, and changing that.

use crate::model::Problem;
use crate::model::views::SecurityView;
use leptos::prelude::*;

/// What the security pages show their owner.
#[server(prefix = "/fn", endpoint = "security")]
pub async fn security() -> Result<SecurityView, Problem> {
    use crate::server::{accounts, call::Call, failure::Failure};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    accounts::security(call.services(), &session).await.map_err(Failure::into_problem)
}

/// Proves once more who one is and leads on to `next`.
#[server(prefix = "/fn", endpoint = "confirm")]
pub async fn confirm(current_password: String, code: Option<String>, next: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let proof = sessions::Proof { password: current_password, code: code.unwrap_or_default() };
    let renewed = sessions::confirm(call.services(), call.origin(), &session, proof, &next).await;
    call.sign_in(&renewed.map_err(Failure::into_problem)?);
    Ok(())
}

/// Changes the password; this browser stays signed in, every other place does not.
#[server(prefix = "/fn", endpoint = "password")]
pub async fn change_password(current_password: String, password: String, code: Option<String>) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{accounts, call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let proof = sessions::Proof { password: current_password, code: code.unwrap_or_default() };
    let renewed = accounts::change_password(call.services(), call.origin(), &session, proof, password).await;
    call.sign_in(&renewed.map_err(Failure::into_problem)?);
    call.done(Notice::PasswordChanged, "/security");
    Ok(())
}

/// Asks for another address, which counts once its owner has confirmed it.
#[server(prefix = "/fn", endpoint = "email")]
pub async fn change_email(email: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{accounts, call::Call, failure::Failure};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    accounts::ask_email_change(call.services(), call.origin(), &session, &email)
        .await
        .map_err(Failure::into_problem)?;
    call.done(Notice::EmailChangeAsked, "/security");
    Ok(())
}

/// Forgets an address that waits for its confirmation.
#[server(prefix = "/fn", endpoint = "email-cancel")]
pub async fn cancel_email_change() -> Result<(), Problem> {
    use crate::server::{accounts, call::Call, failure::Failure};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    accounts::cancel_email_change(call.services(), &session).await.map_err(Failure::into_problem)?;
    call.redirect("/security");
    Ok(())
}

/// Starts the set-up of another authenticator.
#[server(prefix = "/fn", endpoint = "totp-replace")]
pub async fn replace_totp(current_password: String, code: String) -> Result<(), Problem> {
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let proof = sessions::Proof { password: current_password, code };
    let renewed = sessions::begin_replacement(call.services(), call.origin(), &session, proof).await;
    call.sign_in(&renewed.map_err(Failure::into_problem)?);
    Ok(())
}

/// Turns the second factor off, where that is up to people.
#[server(prefix = "/fn", endpoint = "totp-remove")]
pub async fn remove_totp(current_password: String, code: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::{call::Call, failure::Failure, sessions};
    let call = Call::here()?;
    let session = call.session().await.map_err(Failure::into_problem)?;
    let proof = sessions::Proof { password: current_password, code };
    let renewed = sessions::remove_second_factor(call.services(), call.origin(), &session, proof).await;
    call.sign_in(&renewed.map_err(Failure::into_problem)?);
    call.done(Notice::SecondFactorRemoved, "/security");
    Ok(())
}
