//! Links by mail: a forgotten password, an address to confirm.

use crate::model::Problem;
use leptos::prelude::*;

/// Mails a link for a new password, if the address has an account; says nothing of it either way.
#[server(prefix = "/fn", endpoint = "forgot-password")]
pub async fn forgot_password(email: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::accounts::{LinkTo, ask_link};
    use crate::server::{call::Call, email::Email, failure::Failure};
    let call = Call::here()?;
    let email = Email::parse(&email)?;
    let asked = ask_link(call.services(), call.origin(), LinkTo::NewPassword, &email);
    asked.await.map_err(Failure::into_problem)?;
    call.done(Notice::LinkSent, "/forgot-password");
    Ok(())
}

/// Sets a new password by the link that was opened, and leads to the login page.
#[server(prefix = "/fn", endpoint = "reset-password")]
pub async fn reset_password(password: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::call::{Call, cookies};
    use crate::server::{failure::Failure, passwords::reset};
    let call = Call::here()?;
    let link = call.link(cookies::RESET)?;
    reset::reset(call.services(), call.origin(), &link, password).await.map_err(Failure::into_problem)?;
    call.forget(cookies::RESET);
    call.done(Notice::PasswordSet, "/login");
    Ok(())
}

/// Mails a link that confirms an address, if an account waits for it; says nothing of it either way.
#[server(prefix = "/fn", endpoint = "verification-link")]
pub async fn verification_link(email: String) -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::accounts::{LinkTo, ask_link};
    use crate::server::{call::Call, email::Email, failure::Failure};
    let call = Call::here()?;
    let email = Email::parse(&email)?;
    let asked = ask_link(call.services(), call.origin(), LinkTo::ConfirmedAddress, &email);
    asked.await.map_err(Failure::into_problem)?;
    call.done(Notice::LinkSent, "/verify-email");
    Ok(())
}

/// Confirms an address by the link that was opened. In a browser that did not make the account it
/// asks for the password chosen then.
#[server(prefix = "/fn", endpoint = "verify-email")]
pub async fn verify_email(password: Option<String>) -> Result<(), Problem> {
    use crate::server::call::{Call, cookies};
    use crate::server::{accounts, failure::Failure};
    let call = Call::here()?;
    let session = call.find_session().await.map_err(Failure::into_problem)?;
    let opened =
        accounts::Opened { link: call.link(cookies::VERIFY)?, registered_here: call.registered_here(), session };
    let renewed = accounts::verify_opened(call.services(), call.origin(), opened, password).await;
    call.finish_verification(renewed.map_err(Failure::into_problem)?).await
}

/// Confirms an address by the link that was opened, with a new password in place of one that its
/// owner never chose.
#[server(prefix = "/fn", endpoint = "claim-account")]
pub async fn claim_account(password: String) -> Result<(), Problem> {
    use crate::server::call::{Call, cookies};
    use crate::server::{accounts, failure::Failure};
    let call = Call::here()?;
    let link = call.link(cookies::VERIFY)?;
    accounts::claim(call.services(), call.origin(), &link, password).await.map_err(Failure::into_problem)?;
    call.finish_verification(None).await
}

/// "This wasn't me", by the link of a notice: signs out everywhere and mails the way back.
#[server(prefix = "/fn", endpoint = "not-me-link")]
pub async fn not_me_by_link() -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::call::{Call, cookies};
    use crate::server::{accounts, failure::Failure};
    let call = Call::here()?;
    let link = call.link(cookies::NOT_ME)?;
    accounts::not_me_by_link(call.services(), call.origin(), &link).await.map_err(Failure::into_problem)?;
    call.forget(cookies::NOT_ME);
    call.sign_out("");
    call.done(Notice::EverythingEnded, "/login");
    Ok(())
}

/// Takes a change of address back, by the link sent to the old one.
#[server(prefix = "/fn", endpoint = "undo-email")]
pub async fn undo_email() -> Result<(), Problem> {
    use crate::model::Notice;
    use crate::server::call::{Call, cookies};
    use crate::server::{accounts, failure::Failure};
    let call = Call::here()?;
    let link = call.link(cookies::UNDO_EMAIL)?;
    accounts::undo_email_change(call.services(), call.origin(), &link).await.map_err(Failure::into_problem)?;
    call.forget(cookies::UNDO_EMAIL);
    call.sign_out("");
    call.done(Notice::EmailChangeUndone, "/login");
    Ok(())
}
