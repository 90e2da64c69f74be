//! The one button of a form.

use leptos::prelude::*;

/// Says what will happen; while it happens it is busy and cannot be pressed twice.
#[component]
pub fn Submit(label: &'static str, pending: Signal<bool>) -> impl IntoView {
    view! {
        <button class="primary" type="submit" disabled=move || pending.get() aria-busy=move || pending.get().to_string()>
            {label}
        </button>
    }
}
