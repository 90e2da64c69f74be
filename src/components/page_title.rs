//! What each page is called: its heading, and the name of its document.

use crate::i18n::{locale_of, td_string};
use crate::model::{PageContext, Problem};

/// The heading of the page that `context` is for, which also names its document.
pub fn page_title(context: &PageContext) -> &'static str {
    let l = locale_of(context);
    match (&context.trouble, context.path.as_str()) {
        (Some(problem), _) if *problem != Problem::NoSuchPage => td_string!(l, broken_title),
        (None, "/login") => td_string!(l, login_title),
        (None, "/register") => td_string!(l, register_title),
        (None, "/forgot-password") => td_string!(l, forgot_title),
        (None, "/reset-password") => td_string!(l, reset_title),
        (None, "/verify-email") => td_string!(l, verify_title),
        (None, "/verify-email/new-password") => td_string!(l, claim_title),
        (None, "/tfa") => td_string!(l, tfa_title),
        (None, "/totp-setup") => td_string!(l, setup_title),
        (None, "/recovery-codes") => td_string!(l, sheet_title),
        (None, "/confirm") => td_string!(l, confirm_title),
        (None, "/security") => td_string!(l, security_title),
        (None, "/security/password") => td_string!(l, change_password_title),
        (None, "/security/email") => td_string!(l, change_email_title),
        (None, "/security/authenticator") => td_string!(l, replace_title),
        (None, "/security/remove-authenticator") => td_string!(l, remove_title),
        (None, "/sessions") => td_string!(l, sessions_title),
        (None, "/activity") => td_string!(l, activity_title),
        (None, "/account") => td_string!(l, account_title),
        (None, "/account/delete") => td_string!(l, leave_title),
        (None, "/not-me") => td_string!(l, not_me_title),
        (None, "/undo-email") => td_string!(l, undo_email_title),
        (None, "/dashboard") => td_string!(l, dashboard_title),
        _ => td_string!(l, not_found_title),
    }
}
