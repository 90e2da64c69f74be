//! A password, with a button to see it once the page is awake.

use super::alert::{Refusal, field_id};
use super::field::{FieldError, is_refused};
use crate::i18n::{fill, locale, td_string};
use crate::model::{Field, PageContext};
use leptos::prelude::*;

/// From here on a password is long.
const LONG_CHARS: usize = 16;

/// `autocomplete` is `current-password` or `new-password`; `hint` says the rules before they are broken,
/// and while a new one is typed its length is judged in words.
#[component]
pub fn PasswordField(
    field: Field,
    label: &'static str,
    autocomplete: &'static str,
    #[prop(optional)] hint: String,
    refusal: Refusal,
) -> impl IntoView {
    let l = locale();
    let (id, name) = (field_id(field), field_id(field).replace('-', "_"));
    let is_new = autocomplete == "new-password";
    let typed_chars = RwSignal::new(0);
    let judge = move |event| {
        if is_new {
            typed_chars.set(event_target_value(&event).chars().count());
        }
    };
    let is_shown = RwSignal::new(false);
    let is_awake = RwSignal::new(false);
    Effect::new(move || is_awake.set(true));
    let toggle = move || if is_shown.get() { td_string!(l, hide_password) } else { td_string!(l, show_password) };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <p class="field-hint" id=format!("{id}-hint")>{hint}</p>
            <div class="password-box">
                <input id=id name=name on:input=judge type=move || if is_shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete autocapitalize="none" spellcheck="false" required
                    aria-describedby=format!("{id}-hint {id}-error")
                    aria-invalid=move || is_refused(field, refusal).then_some("true")/>
                <button type="button" class="reveal" hidden=move || !is_awake.get() aria-label=toggle
                    aria-pressed=move || is_shown.get().to_string() on:click=move |_| is_shown.update(|shown| *shown = !*shown)>
                    <span class="eye" aria-hidden="true"></span>
                </button>
            </div>
            <FieldError field refusal/>
            {is_new.then(|| view! { <p class="strength" aria-live="polite">{move || strength(typed_chars.get())}</p> })}
        </div>
    }
}

/// How long a password is, in words; nothing while none is typed. Length is what a page can judge:
/// the lists of known ones stay on the server.
fn strength(chars: usize) -> Option<String> {
    let l = locale();
    let min = use_context::<PageContext>().unwrap_or_default().min_password_chars;
    match chars {
        0 => None,
        short if short < min => Some(fill(td_string!(l, strength_short), &[("n", &(min - short))])),
        enough if enough < LONG_CHARS => Some(td_string!(l, strength_enough).to_string()),
        _ => Some(td_string!(l, strength_long).to_string()),
    }
}
