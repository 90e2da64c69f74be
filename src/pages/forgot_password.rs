//! `/forgot-password`: a link by mail.

use crate::components::alert::Alert;
use crate::components::field::EmailField;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::submit::Submit;
use crate::functions::recover::ForgotPassword;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let (_, email) = context.flash_for("/forgot-password");
    let state = FormState::on("/forgot-password");
    let form = move || {
        view! {
            <p>{td_string!(l, forgot_intro)}</p>
            <Form action=ForgotPassword::url() state>
                <EmailField label=td_string!(l, email) value=email refusal=state.refusal()/>
                <Submit label=td_string!(l, send_link) state/>
            </Form>
        }
    };
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {if context.sends_mail { form().into_any() } else { view! { <p>{td_string!(l, no_mail_here)}</p> }.into_any() }}
            <p class="elsewhere"><a href="/login" rel="external">{td_string!(l, back_to_login)}</a></p>
        </VisitorPage>
    }
}
