//! The one place where a problem becomes a sentence.

use crate::i18n::{fill, locale, td_string};
use crate::model::{PageContext, Problem};
use leptos::prelude::use_context;

/// What happened, then what to do, in the language of the page.
pub fn problem_text(problem: &Problem) -> String {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let min = context.min_password_chars;
    match problem {
        // One text covers both, for nothing may tell them apart.
        Problem::BadCredentials if context.verification_is_required => {
            td_string!(l, p_bad_credentials_or_unverified).to_string()
        }
        Problem::BadCredentials => td_string!(l, p_bad_credentials).to_string(),
        Problem::EmailMalformed => td_string!(l, p_email_malformed).to_string(),
        Problem::EmailTaken => td_string!(l, p_email_taken).to_string(),
        Problem::RegistrationClosed => td_string!(l, p_registration_closed).to_string(),
        Problem::PasswordTooShort => fill(td_string!(l, p_password_too_short), &[("min", &min)]),
        Problem::PasswordTooLong => td_string!(l, p_password_too_long).to_string(),
        Problem::PasswordHasControls => td_string!(l, p_password_has_controls).to_string(),
        Problem::PasswordCommon => td_string!(l, p_password_common).to_string(),
        Problem::PasswordNamesYou => td_string!(l, p_password_names_you).to_string(),
        Problem::WrongCode => td_string!(l, p_wrong_code).to_string(),
        Problem::CodeMalformed => td_string!(l, p_code_malformed).to_string(),
        Problem::CodeUsed => td_string!(l, p_code_used).to_string(),
        Problem::ClockBehind { minutes } => fill(td_string!(l, p_clock_behind), &[("minutes", minutes)]),
        Problem::ClockAhead { minutes } => fill(td_string!(l, p_clock_ahead), &[("minutes", minutes)]),
        Problem::TooManyTries => td_string!(l, p_too_many_tries).to_string(),
        Problem::LoginExpired => td_string!(l, p_login_expired).to_string(),
        Problem::LoginTooOld => td_string!(l, p_login_too_old).to_string(),
        Problem::SetUpExpired => td_string!(l, p_set_up_expired).to_string(),
        Problem::RecoveryCodeNotOnSheet => td_string!(l, p_recovery_code_not_on_sheet).to_string(),
        Problem::AlreadyEnrolled => td_string!(l, p_already_enrolled).to_string(),
        Problem::NotEnrolled => td_string!(l, p_not_enrolled).to_string(),
        Problem::SignedOut => td_string!(l, p_signed_out).to_string(),
        Problem::SecondFactorRequired => td_string!(l, p_second_factor_required).to_string(),
        Problem::NotVerified => td_string!(l, p_not_verified).to_string(),
        Problem::AlreadyVerified => td_string!(l, p_already_verified).to_string(),
        Problem::LinkBad => td_string!(l, p_link_bad).to_string(),
        Problem::PasswordAsked => td_string!(l, p_password_asked).to_string(),
        Problem::NotThatPassword => td_string!(l, p_not_that_password).to_string(),
        Problem::PasswordSame => td_string!(l, p_password_same).to_string(),
        Problem::EmailSame => td_string!(l, p_email_same).to_string(),
        Problem::WrongPassword => td_string!(l, p_wrong_password).to_string(),
        Problem::NoSuchSession => td_string!(l, p_no_such_session).to_string(),
        Problem::PasswordNotYours => td_string!(l, p_password_not_yours).to_string(),
        Problem::Forbidden => td_string!(l, p_forbidden).to_string(),
        Problem::NoSuchAccount => td_string!(l, p_no_such_account).to_string(),
        Problem::LastSuperuser => td_string!(l, p_last_superuser).to_string(),
        Problem::TooManyRequests { wait_s } => {
            fill(td_string!(l, p_too_many_requests), &[("minutes", &minutes(*wait_s))])
        }
        Problem::LoginStopped => td_string!(l, p_login_stopped).to_string(),
        Problem::TooManyCodes { wait_s } => fill(td_string!(l, p_too_many_codes), &[("minutes", &minutes(*wait_s))]),
        Problem::CodesOff => td_string!(l, p_codes_off).to_string(),
        Problem::TooManyAccounts { wait_s } => {
            fill(td_string!(l, p_too_many_accounts), &[("minutes", &minutes(*wait_s))])
        }
        Problem::Busy => td_string!(l, p_busy).to_string(),
        Problem::Unavailable => td_string!(l, p_unavailable).to_string(),
        Problem::BadRequest => td_string!(l, p_bad_request).to_string(),
        Problem::NoSuchPage => td_string!(l, not_found_text).to_string(),
        Problem::ForeignRequest => td_string!(l, p_foreign_request).to_string(),
        Problem::TooLarge => td_string!(l, p_too_large).to_string(),
        Problem::Unreachable => td_string!(l, p_unreachable).to_string(),
        Problem::OutOfDate => td_string!(l, p_out_of_date).to_string(),
        Problem::Internal { incident } => fill(td_string!(l, p_internal), &[("incident", &format!("{incident:08x}"))]),
    }
}

/// Whole minutes, at least one.
fn minutes(wait_s: u32) -> u32 {
    wait_s.div_ceil(60).max(1)
}
