//! The one button of a form.

use super::form::FormState;
use leptos::prelude::*;

/// Says what will happen; while it happens it is busy and cannot be pressed twice.
#[component]
pub fn Submit(
    label: &'static str,
    /// `primary` or `danger`.
    #[prop(default = "primary")]
    class: &'static str,
    state: FormState,
) -> impl IntoView {
    view! {
        <button class=class type="submit" disabled=move || state.is_pending() aria-busy=move || state.is_pending().to_string()>
            {label}
        </button>
    }
}
