//! `/login`: address and password.

use crate::components::alert::{Alert, refusal};
use crate::components::field::EmailField;
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::login::LogIn;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use leptos::form::ActionForm;
use leptos::prelude::*;

#[component]
pub fn LoginPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let (sent, email) = context.flash_for("/login");
    let action = ServerAction::<LogIn>::new();
    let refusal = refusal(move || action.value().get(), sent);
    view! {
        <VisitorPage title=td_string!(l, login_title)>
            <Alert refusal/>
            {context.cookie_was_lost.then(|| view! { <p class="notice">{td_string!(l, cookie_lost)}</p> })}
            <ActionForm action=action>
                <input type="hidden" name="next" value=context.next/>
                <EmailField label=td_string!(l, email) value=email refusal/>
                <PasswordField autocomplete="current-password" refusal/>
                <label class="check">
                    <input type="checkbox" name="keep" value="on"/>
                    <span>{td_string!(l, keep_signed_in)}</span>
                </label>
                <Submit label=td_string!(l, login_action) pending=action.pending().into()/>
            </ActionForm>
            {context.registration_is_open.then(|| view! {
                <p class="elsewhere">{td_string!(l, no_account)} " " <a href="/register" rel="external">{td_string!(l, to_register)}</a></p>
            })}
        </VisitorPage>
    }
}
