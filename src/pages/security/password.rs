//! `/security/password`: another password.

use crate::components::form::FormState;
use crate::components::frame::MemberPage;
use crate::components::password::PasswordField;
use crate::components::proved_form::ProvedForm;
use crate::functions::security::ChangePassword;
use crate::i18n::{fill, locale, td_string};
use crate::model::{Field, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn PasswordPage() -> impl IntoView {
    let l = locale();
    let state = FormState::on("/security/password");
    let min = use_context::<PageContext>().unwrap_or_default().min_password_chars;
    let hint = fill(td_string!(l, password_hint), &[("min", &min)]);
    view! {
        <MemberPage>
            <ProvedForm action=ChangePassword::url() state intro=td_string!(l, change_password_intro)
                label=td_string!(l, change_password_title)>
                <PasswordField field=Field::Password label=td_string!(l, new_password) autocomplete="new-password" hint
                    refusal=state.refusal()/>
            </ProvedForm>
        </MemberPage>
    }
}
