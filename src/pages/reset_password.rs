//! `/reset-password`: a new password, by the link that was opened.

use crate::components::alert::Alert;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::recover::ResetPassword;
use crate::i18n::{fill, locale, td_string};
use crate::model::Field;
use crate::model::{LinkState, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let state = FormState::on("/reset-password");
    let hint = fill(td_string!(l, password_hint), &[("min", &context.min_password_chars)]);
    let form = move || {
        view! {
            <p>{td_string!(l, reset_intro)}</p>
            <Form action=ResetPassword::url() state>
                <PasswordField field=Field::Password label=td_string!(l, new_password) autocomplete="new-password" hint refusal=state.refusal()/>
                <Submit label=td_string!(l, reset_action) state/>
            </Form>
        }
    };
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {if context.link == LinkState::Live {
                form().into_any()
            } else {
                view! {
                    <p>{td_string!(l, p_link_bad)}</p>
                    <p class="elsewhere"><a href="/forgot-password" rel="external">{td_string!(l, another_link)}</a></p>
                }.into_any()
            }}
        </VisitorPage>
    }
}
