//! A labelled field: label above, hint below the label, error below the input.

use super::alert::{Refusal, field_id};
use super::problem_text::problem_text;
use crate::model::Field;
use leptos::prelude::*;

/// The error of one field, tied to its input by `aria-describedby`.
#[component]
pub fn FieldError(field: Field, refusal: Refusal) -> impl IntoView {
    let text = move || refusal.get().filter(|problem| problem.field() == Some(field)).map(|p| problem_text(&p));
    view! { <p class="field-error" id=format!("{}-error", field_id(field))>{text}</p> }
}

/// True where the refusal is about `field`.
pub fn is_refused(field: Field, refusal: Refusal) -> bool {
    refusal.with(|problem| problem.as_ref().and_then(crate::model::Problem::field) == Some(field))
}

/// The address of an account. Text rather than `type=email`: our own answer is the same with and
/// without JavaScript, and says what to do.
#[component]
pub fn EmailField(label: &'static str, value: String, refusal: Refusal) -> impl IntoView {
    view! {
        <div class="field">
            <label for="email">{label}</label>
            <input id="email" name="email" type="text" inputmode="email" autocomplete="username" autocapitalize="none"
                spellcheck="false" maxlength="254" required value=value aria-describedby="email-error"
                aria-invalid=move || is_refused(Field::Email, refusal).then_some("true")/>
            <FieldError field=Field::Email refusal/>
        </div>
    }
}
