//! What a form asks for before what an open session alone must not do.

use super::alert::Refusal;
use super::code_input::{CodeField, SixDigits};
use super::password::PasswordField;
use crate::i18n::{locale, td_string};
use crate::model::{Field, PageContext};
use leptos::prelude::*;

/// The present password. The name of the account goes along for password managers.
#[component]
pub fn CurrentPassword(refusal: Refusal) -> impl IntoView {
    let email = use_context::<PageContext>().unwrap_or_default().signed_in_as;
    view! {
        <input type="text" name="username" autocomplete="username" value=email hidden/>
        <PasswordField field=Field::CurrentPassword label=td_string!(locale(), current_password)
            autocomplete="current-password" refusal/>
    }
}

/// A code, where the account has a second factor. Last in its form: the sixth digit sends it.
#[component]
pub fn SecondFactor(refusal: Refusal) -> impl IntoView {
    let is_on = use_context::<PageContext>().unwrap_or_default().has_second_factor;
    is_on.then(|| {
        view! {
            <CodeField label=td_string!(locale(), code_or_recovery_code) is_six_digits=SixDigits::OrRecoveryCode refusal/>
        }
    })
}
