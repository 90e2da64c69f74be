//! The one place where an event becomes words.

use crate::i18n::{locale, td_string};
use crate::model::views::EventKind;

/// What happened, in the language of the page.
pub fn event_words(kind: EventKind) -> &'static str {
    let l = locale();
    match kind {
        EventKind::Registered => td_string!(l, event_registered),
        EventKind::LoggedIn => td_string!(l, event_logged_in),
        EventKind::LoggedInWithRecoveryCode => td_string!(l, event_logged_in_with_recovery_code),
        EventKind::PasswordRefused => td_string!(l, event_password_refused),
        EventKind::CodeRefused => td_string!(l, event_code_refused),
        EventKind::Throttled => td_string!(l, event_throttled),
        EventKind::SecondFactorOn => td_string!(l, event_second_factor_on),
        EventKind::RecoveryCodesMade => td_string!(l, event_recovery_codes_made),
        EventKind::LoggedOut => td_string!(l, event_logged_out),
        EventKind::ResetAsked => td_string!(l, event_reset_asked),
        EventKind::PasswordChanged => td_string!(l, event_password_changed),
        EventKind::EmailVerified => td_string!(l, event_email_verified),
        EventKind::EmailChanged => td_string!(l, event_email_changed),
        EventKind::AccessChanged => td_string!(l, event_access_changed),
        EventKind::SecondFactorReset => td_string!(l, event_second_factor_reset),
        EventKind::Confirmed => td_string!(l, event_confirmed),
        EventKind::SessionEnded => td_string!(l, event_session_ended),
        EventKind::OtherSessionsEnded => td_string!(l, event_other_sessions_ended),
        EventKind::SecondFactorReplaced => td_string!(l, event_second_factor_replaced),
        EventKind::SecondFactorOff => td_string!(l, event_second_factor_off),
        EventKind::EmailChangeAsked => td_string!(l, event_email_change_asked),
        EventKind::EmailChangeUndone => td_string!(l, event_email_change_undone),
        EventKind::NotMe => td_string!(l, event_not_me),
        EventKind::Left => td_string!(l, event_left),
        EventKind::CameBack => td_string!(l, event_came_back),
        EventKind::Deleted => td_string!(l, event_deleted),
    }
}
