//! `/confirm`: who one is, once more, and then on.

use crate::components::alert::Alert;
use crate::components::form::{Form, FormState};
use crate::components::frame::MemberPage;
use crate::components::proof::{CurrentPassword, SecondFactor};
use crate::components::submit::Submit;
use crate::functions::security::Confirm;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/confirm");
    let next = use_context::<PageContext>().unwrap_or_default().next;
    let refusal = state.refusal();
    view! {
        <MemberPage>
            <div class="card form-card">
                <Alert refusal/>
                <p>{td_string!(l, confirm_intro)}</p>
                <Form action=Confirm::url() state>
                    <input type="hidden" name="next" value=next/>
                    <CurrentPassword refusal/>
                    <SecondFactor refusal/>
                    <Submit label=td_string!(l, confirm_action) state/>
                </Form>
            </div>
        </MemberPage>
    }
}
