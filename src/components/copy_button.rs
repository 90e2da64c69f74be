//! Copies a text; there only once the page is awake.

use crate::i18n::{locale, td_string};
use leptos::prelude::*;

/// A button that puts `text` on the clipboard and says so.
#[component]
pub fn CopyButton(label: &'static str, text: String) -> impl IntoView {
    let copied = td_string!(locale(), copied);
    let is_awake = RwSignal::new(false);
    let is_copied = RwSignal::new(false);
    Effect::new(move || is_awake.set(true));
    let copy = move |_| {
        let written = window().navigator().clipboard().write_text(&text);
        drop(written);
        is_copied.set(true);
    };
    view! {
        <button type="button" class="secondary" hidden=move || !is_awake.get() on:click=copy>
            <span aria-live="polite">{move || if is_copied.get() { copied } else { label }}</span>
        </button>
    }
}
