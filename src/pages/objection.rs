//! `/not-me` and `/undo-email`: a button that objects, by the link of a notice.

use crate::components::alert::Alert;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::submit::Submit;
use crate::functions::recover::{NotMeByLink, UndoEmail};
use crate::i18n::{locale, td_string};
use crate::model::{LinkState, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn NotMePage() -> impl IntoView {
    let l = locale();
    view! {
        <Objection path="/not-me" action=NotMeByLink::url() intro=td_string!(l, not_me_link_intro) label=td_string!(l, not_me_action)/>
    }
}

#[component]
pub fn UndoEmailPage() -> impl IntoView {
    let l = locale();
    view! {
        <Objection path="/undo-email" action=UndoEmail::url() intro=td_string!(l, undo_email_intro) label=td_string!(l, undo_email_action)/>
    }
}

#[component]
fn Objection(path: &'static str, action: &'static str, intro: &'static str, label: &'static str) -> impl IntoView {
    let l = locale();
    let state = FormState::on(path);
    let link = use_context::<PageContext>().unwrap_or_default().link;
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {if link == LinkState::Live {
                view! {
                    <p>{intro}</p>
                    <Form action state><Submit label class="danger" state/></Form>
                }.into_any()
            } else {
                view! { <p>{td_string!(l, objection_dead)}</p> }.into_any()
            }}
            <p class="elsewhere"><a href="/login" rel="external">{td_string!(l, back_to_login)}</a></p>
        </VisitorPage>
    }
}
