//! `/register`: a new account.

use crate::components::alert::Alert;
use crate::components::field::EmailField;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::register::Register;
use crate::i18n::{fill, locale, td_string};
use crate::model::{Field, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let (_, email) = context.flash_for("/register");
    let state = FormState::on("/register");
    let hint = fill(td_string!(l, password_hint), &[("min", &context.min_password_chars)]);
    let form = move || {
        view! {
            <Form action=Register::url() state>
                <EmailField label=td_string!(l, email) value=email refusal=state.refusal()/>
                <PasswordField field=Field::Password label=td_string!(l, password) autocomplete="new-password" hint refusal=state.refusal()/>
                <Submit label=td_string!(l, register_action) state/>
            </Form>
        }
    };
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {if context.registration_is_open {
                form().into_any()
            } else {
                view! { <p>{td_string!(l, registration_closed_text)}</p> }.into_any()
            }}
            <p class="elsewhere">{td_string!(l, have_account)} " " <a href="/login" rel="external">{td_string!(l, to_login)}</a></p>
        </VisitorPage>
    }
}
