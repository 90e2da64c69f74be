//! One input for a code. With WASM it submits itself at the sixth digit.

use super::alert::Refusal;
use super::field::{FieldError, is_refused};
use crate::model::Field;
use leptos::prelude::*;
use leptos::web_sys::HtmlInputElement;

/// `is_six_digits` asks phones for their digit keyboard and sends the form by itself.
#[component]
pub fn CodeField(label: &'static str, is_six_digits: SixDigits, refusal: Refusal) -> impl IntoView {
    let (mode, autocomplete) = match is_six_digits {
        SixDigits::Only => ("numeric", "one-time-code"),
        SixDigits::OrRecoveryCode => ("text", "one-time-code"),
        SixDigits::Never => ("text", "off"),
    };
    let send_when_full = move |event| {
        let input: HtmlInputElement = event_target(&event);
        let value = input.value();
        let is_full = value.bytes().filter(u8::is_ascii_digit).count() == 6
            && value.bytes().all(|b| b.is_ascii_digit() || b == b' ');
        if is_full
            && is_six_digits != SixDigits::Never
            && let Some(form) = input.form()
        {
            let sent = form.request_submit();
            debug_assert!(sent.is_ok(), "a form can be submitted");
        }
    };
    view! {
        <div class="field">
            <label for="code">{label}</label>
            <input id="code" class="code" name="code" type="text" inputmode=mode autocomplete=autocomplete autocapitalize="characters"
                spellcheck="false" maxlength="64" required aria-describedby="code-error"
                aria-invalid=move || is_refused(Field::Code, refusal).then_some("true") on:input=send_when_full/>
            <FieldError field=Field::Code refusal/>
        </div>
    }
}

/// What the field takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SixDigits {
    Only,
    OrRecoveryCode,
    Never,
}
