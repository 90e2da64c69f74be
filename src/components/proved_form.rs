//! A form that asks for password and code before it does something.

use super::alert::Alert;
use super::form::{Form, FormState};
use super::proof::{CurrentPassword, SecondFactor};
use super::submit::Submit;
use leptos::prelude::*;

/// A card with the present password, what `children` ask, a code where there is a second factor,
/// and one button.
#[component]
pub fn ProvedForm(
    action: &'static str,
    state: FormState,
    intro: &'static str,
    label: &'static str,
    /// `primary` or `danger`.
    #[prop(default = "primary")]
    class: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let refusal = state.refusal();
    view! {
        <div class="card form-card">
            <Alert refusal/>
            <p>{intro}</p>
            <Form action state>
                <CurrentPassword refusal/>
                {children.map(|children| children())}
                <SecondFactor refusal/>
                <Submit label class state/>
            </Form>
        </div>
    }
}
