//! What the last form did, told on the page that follows.

use crate::i18n::{locale, td_string};
use crate::model::{Notice, PageContext};
use leptos::prelude::*;

/// Says it, if this page was sent with good news.
#[component]
pub fn NoticeLine() -> impl IntoView {
    let context = use_context::<PageContext>().unwrap_or_default();
    context.notice().map(|notice| view! { <p class="notice" role="status">{notice_text(notice)}</p> })
}

/// The one place where a notice becomes a sentence.
fn notice_text(notice: Notice) -> &'static str {
    let l = locale();
    match notice {
        Notice::Registered => td_string!(l, n_registered),
        Notice::PasswordChanged => td_string!(l, n_password_changed),
        Notice::CheckMail => td_string!(l, n_check_mail),
        Notice::LinkSent => td_string!(l, n_link_sent),
        Notice::PasswordSet => td_string!(l, n_password_set),
        Notice::EmailVerified => td_string!(l, n_email_verified),
        Notice::EmailChangeUndone => td_string!(l, n_email_change_undone),
        Notice::EmailChangeAsked => td_string!(l, n_email_change_asked),
        Notice::SecondFactorRemoved => td_string!(l, n_second_factor_removed),
        Notice::SessionEnded => td_string!(l, n_session_ended),
        Notice::OtherSessionsEnded => td_string!(l, n_other_sessions_ended),
        Notice::EverythingEnded => td_string!(l, n_everything_ended),
        Notice::Left => td_string!(l, n_left),
    }
}
