//! `/account/delete`: leaving.

use crate::components::form::FormState;
use crate::components::frame::MemberPage;
use crate::components::proved_form::ProvedForm;
use crate::functions::account::Leave;
use crate::i18n::{locale, td_string};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn DeletePage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/account/delete");
    view! {
        <MemberPage>
            <ProvedForm action=Leave::url() state intro=td_string!(l, leave_intro) label=td_string!(l, leave_action) class="danger"/>
        </MemberPage>
    }
}
