//! `/login`: address and password.

use crate::components::alert::Alert;
use crate::components::field::EmailField;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::login::LogIn;
use crate::i18n::{locale, td_string};
use crate::model::{Field, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn LoginPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let (_, email) = context.flash_for("/login");
    let state = FormState::on("/login");
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {context.cookie_was_lost.then(|| view! { <p class="notice">{td_string!(l, cookie_lost)}</p> })}
            <Form action=LogIn::url() state>
                <input type="hidden" name="next" value=context.next/>
                <EmailField label=td_string!(l, email) value=email refusal=state.refusal()/>
                <PasswordField field=Field::Password label=td_string!(l, password) autocomplete="current-password" refusal=state.refusal()/>
                <label class="check">
                    <input type="checkbox" name="keep" value="on"/>
                    <span>{td_string!(l, keep_signed_in)}</span>
                </label>
                <Submit label=td_string!(l, login_action) state/>
            </Form>
            <p class="elsewhere"><a href="/forgot-password" rel="external">{td_string!(l, forgot_link)}</a></p>
            {(context.verification_is_required && context.sends_mail).then(|| view! {
                <p class="elsewhere">{td_string!(l, send_again)} " " <a href="/verify-email" rel="external">{td_string!(l, to_send_again)}</a></p>
            })}
            {context.registration_is_open.then(|| view! {
                <p class="elsewhere">{td_string!(l, no_account)} " " <a href="/register" rel="external">{td_string!(l, to_register)}</a></p>
            })}
        </VisitorPage>
    }
}
