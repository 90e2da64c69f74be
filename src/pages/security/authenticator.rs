//! `/security/authenticator` and `/security/remove-authenticator`: another second factor, or none.

use crate::components::form::FormState;
use crate::components::frame::MemberPage;
use crate::components::proved_form::ProvedForm;
use crate::functions::security::{RemoveTotp, ReplaceTotp};
use crate::i18n::{locale, td_string};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn ReplacePage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/security/authenticator");
    view! {
        <MemberPage>
            <ProvedForm action=ReplaceTotp::url() state intro=td_string!(l, replace_intro) label=td_string!(l, replace_action)/>
        </MemberPage>
    }
}

#[component]
pub fn RemovePage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/security/remove-authenticator");
    view! {
        <MemberPage>
            <ProvedForm action=RemoveTotp::url() state intro=td_string!(l, remove_intro) label=td_string!(l, remove_title)
                class="danger"/>
        </MemberPage>
    }
}
