//! `/security/email`: another address.

use crate::components::alert::Alert;
use crate::components::field::EmailField;
use crate::components::form::{Form, FormState};
use crate::components::frame::MemberPage;
use crate::components::submit::Submit;
use crate::functions::security::ChangeEmail;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn EmailPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/security/email");
    let (_, email) = use_context::<PageContext>().unwrap_or_default().flash_for("/security/email");
    view! {
        <MemberPage>
            <div class="card form-card">
                <Alert refusal=state.refusal()/>
                <p>{td_string!(l, change_email_intro)}</p>
                <Form action=ChangeEmail::url() state>
                    <EmailField label=td_string!(l, new_email) value=email refusal=state.refusal()/>
                    <Submit label=td_string!(l, change_email_action) state/>
                </Form>
            </div>
        </MemberPage>
    }
}
