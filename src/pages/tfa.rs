//! `/tfa`: the code of the authenticator app, or a recovery code.

use crate::components::alert::Alert;
use crate::components::code_input::{CodeField, SixDigits};
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::post_button::PostButton;
use crate::components::submit::Submit;
use crate::functions::login::{FinishWithCode, LogOut};
use crate::i18n::{locale, td_string};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn TfaPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/tfa");
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            <p>{td_string!(l, tfa_intro)}</p>
            <Form action=FinishWithCode::url() state>
                <CodeField label=td_string!(l, code) is_six_digits=SixDigits::OrRecoveryCode refusal=state.refusal()/>
                <p class="field-hint">{td_string!(l, recovery_instead)}</p>
                <Submit label=td_string!(l, tfa_action) state/>
            </Form>
            <PostButton action=LogOut::url() label=td_string!(l, start_over) class="link"/>
        </VisitorPage>
    }
}
