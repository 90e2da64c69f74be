//! `/tfa`: the code of the authenticator app, or a recovery code.

use crate::components::alert::{Alert, refusal};
use crate::components::code_input::{CodeField, SixDigits};
use crate::components::frame::VisitorPage;
use crate::components::post_button::PostButton;
use crate::components::submit::Submit;
use crate::functions::login::{FinishWithCode, LogOut};
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn TfaPage() -> impl IntoView {
    let l = locale();
    let (sent, _) = use_context::<PageContext>().unwrap_or_default().flash_for("/tfa");
    let action = ServerAction::<FinishWithCode>::new();
    let refusal = refusal(move || action.value().get(), sent);
    view! {
        <VisitorPage title=td_string!(l, tfa_title)>
            <Alert refusal/>
            <p>{td_string!(l, tfa_intro)}</p>
            <ActionForm action=action>
                <CodeField label=td_string!(l, code) is_six_digits=SixDigits::OrRecoveryCode refusal/>
                <p class="field-hint">{td_string!(l, recovery_instead)}</p>
                <Submit label=td_string!(l, tfa_action) pending=action.pending().into()/>
            </ActionForm>
            <PostButton action=LogOut::url() label=td_string!(l, start_over) class="link"/>
        </VisitorPage>
    }
}
