//! A password, with a button to see it once the page is awake.

use super::alert::Refusal;
use super::field::{FieldError, is_refused};
use crate::i18n::{locale, td_string};
use crate::model::Field;
use leptos::prelude::*;

/// `autocomplete` is `current-password` or `new-password`; `hint` says the rules before they are broken.
#[component]
pub fn PasswordField(autocomplete: &'static str, #[prop(optional)] hint: String, refusal: Refusal) -> impl IntoView {
    let l = locale();
    let is_shown = RwSignal::new(false);
    let is_awake = RwSignal::new(false);
    Effect::new(move || is_awake.set(true));
    let label = move || if is_shown.get() { td_string!(l, hide_password) } else { td_string!(l, show_password) };
    view! {
        <div class="field">
            <label for="password">{td_string!(l, password)}</label>
            <p class="field-hint" id="password-hint">{hint}</p>
            <div class="password-box">
                <input id="password" name="password" type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete autocapitalize="none" spellcheck="false" required
                    aria-describedby="password-hint password-error"
                    aria-invalid=move || is_refused(Field::Password, refusal).then_some("true")/>
                <button type="button" class="reveal" hidden=move || !is_awake.get() aria-label=label
                    aria-pressed=move || is_shown.get().to_string() on:click=move |_| is_shown.update(|shown| *shown = !*shown)>
                    <span class="eye" aria-hidden="true"></span>
                </button>
            </div>
            <FieldError field=Field::Password refusal/>
        </div>
    }
}
