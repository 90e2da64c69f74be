//! A form that is only a button.

use leptos::prelude::*;

/// Posts to the server function at `action` as a plain form, with and without WASM: whatever follows
/// is a new page, so nothing of it needs to reach the browser side.
#[component]
pub fn PostButton(
    action: &'static str,
    label: &'static str,
    /// `secondary` or `link`.
    class: &'static str,
    /// A field that goes along: its name and value.
    #[prop(optional)]
    with: Option<(&'static str, String)>,
    /// What a screen reader says instead of the label, where several buttons have the same one.
    #[prop(optional, into)]
    says: Option<String>,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            {with.map(|(name, value)| view! { <input type="hidden" name=name value=value/> })}
            <button type="submit" class=class aria-label=says>{label}</button>
        </form>
    }
}
