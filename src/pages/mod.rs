//! One screen per file, named after its path.

pub mod account;
pub mod activity;
pub mod confirm;
pub mod dashboard;
pub mod forgot_password;
pub mod login;
pub mod objection;
pub mod recovery_codes;
pub mod register;
pub mod reset_password;
pub mod security;
pub mod sessions;
pub mod tfa;
pub mod totp_setup;
pub mod trouble;
pub mod verify_email;

use crate::model::Problem;
use leptos::prelude::*;

/// Draws a page.
pub type Draw = Box<dyn FnOnce() -> AnyView>;

/// The page at `path`. Which paths there are, and who may open them, stands in `model::access`.
pub fn at(path: &str) -> Draw {
    match path {
        "/login" => Box::new(|| view! { <login::LoginPage/> }.into_any()),
        "/register" => Box::new(|| view! { <register::RegisterPage/> }.into_any()),
        "/forgot-password" => Box::new(|| view! { <forgot_password::ForgotPasswordPage/> }.into_any()),
        "/reset-password" => Box::new(|| view! { <reset_password::ResetPasswordPage/> }.into_any()),
        "/verify-email" => Box::new(|| view! { <verify_email::VerifyEmailPage/> }.into_any()),
        "/verify-email/new-password" => Box::new(|| view! { <verify_email::ClaimAccountPage/> }.into_any()),
        "/tfa" => Box::new(|| view! { <tfa::TfaPage/> }.into_any()),
        "/totp-setup" => Box::new(|| view! { <totp_setup::TotpSetupPage/> }.into_any()),
        "/recovery-codes" => Box::new(|| view! { <recovery_codes::RecoveryCodesPage/> }.into_any()),
        "/confirm" => Box::new(|| view! { <confirm::ConfirmPage/> }.into_any()),
        "/security" => Box::new(|| view! { <security::SecurityPage/> }.into_any()),
        "/security/password" => Box::new(|| view! { <security::password::PasswordPage/> }.into_any()),
        "/security/email" => Box::new(|| view! { <security::email::EmailPage/> }.into_any()),
        "/security/authenticator" => Box::new(|| view! { <security::authenticator::ReplacePage/> }.into_any()),
        "/security/remove-authenticator" => Box::new(|| view! { <security::authenticator::RemovePage/> }.into_any()),
        "/sessions" => Box::new(|| view! { <sessions::SessionsPage/> }.into_any()),
        "/activity" => Box::new(|| view! { <activity::ActivityPage/> }.into_any()),
        "/account" => Box::new(|| view! { <account::AccountPage/> }.into_any()),
        "/account/delete" => Box::new(|| view! { <account::delete::DeletePage/> }.into_any()),
        "/not-me" => Box::new(|| view! { <objection::NotMePage/> }.into_any()),
        "/undo-email" => Box::new(|| view! { <objection::UndoEmailPage/> }.into_any()),
        "/dashboard" => Box::new(|| view! { <dashboard::DashboardPage/> }.into_any()),
        _ => Box::new(|| view! { <trouble::TroublePage problem=Problem::NoSuchPage/> }.into_any()),
    }
}
