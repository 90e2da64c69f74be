//! `/register`: a new account.

use crate::components::alert::{Alert, refusal};
use crate::components::field::EmailField;
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::register::Register;
use crate::i18n::{fill, locale, td_string};
use crate::model::PageContext;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let (sent, email) = context.flash_for("/register");
    let action = ServerAction::<Register>::new();
    let refusal = refusal(move || action.value().get(), sent);
    let hint = fill(td_string!(l, password_hint), &[("min", &context.min_password_chars)]);
    let form = move || {
        view! {
            <ActionForm action=action>
                <EmailField label=td_string!(l, email) value=email refusal/>
                <PasswordField autocomplete="new-password" hint refusal/>
                <Submit label=td_string!(l, register_action) pending=action.pending().into()/>
            </ActionForm>
        }
    };
    view! {
        <VisitorPage title=td_string!(l, register_title)>
            <Alert refusal/>
            {if context.registration_is_open {
                form().into_any()
            } else {
                view! { <p>{td_string!(l, registration_closed_text)}</p> }.into_any()
            }}
            <p class="elsewhere">{td_string!(l, have_account)} " " <a href="/login" rel="external">{td_string!(l, to_login)}</a></p>
        </VisitorPage>
    }
}
