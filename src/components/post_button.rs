//! A form that is only a button.

use leptos::prelude::*;

/// Posts to the server function at `action` as a plain form, with and without WASM: whatever follows
/// is a new page, so nothing of it needs to reach the browser side. `next` is where it leads on to.
#[component]
pub fn PostButton(
    action: &'static str,
    label: &'static str,
    /// `secondary` or `link`.
    class: &'static str,
    #[prop(optional, into)] next: Option<String>,
) -> impl IntoView {
    view! {
        <form method="post" action=action>
            {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
            <button type="submit" class=class>{label}</button>
        </form>
    }
}
