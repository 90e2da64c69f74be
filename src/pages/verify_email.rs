//! `/verify-email`: a button that confirms an address, by the link that was opened; without a link,
//! a way to another one. `/verify-email/new-password`: for whoever never chose the password.

use crate::components::alert::Alert;
use crate::components::field::EmailField;
use crate::components::form::{Form, FormState};
use crate::components::frame::VisitorPage;
use crate::components::password::PasswordField;
use crate::components::submit::Submit;
use crate::functions::recover::{ClaimAccount, VerificationLink, VerifyEmail};
use crate::i18n::{fill, locale, td_string};
use crate::model::Field;
use crate::model::{LinkState, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

const PATH: &str = "/verify-email";
const CLAIM: &str = "/verify-email/new-password";

#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let context = use_context::<PageContext>().unwrap_or_default();
    let state = FormState::on(PATH);
    let (_, email) = context.flash_for(PATH);
    let step = match context.link {
        LinkState::Live => view! { <Confirm state/> }.into_any(),
        LinkState::AsksPassword => view! { <ConfirmWithPassword state/> }.into_any(),
        LinkState::None => view! { <AskAgain state email/> }.into_any(),
        LinkState::Dead => view! {
            <p>{td_string!(locale(), p_link_bad)}</p>
            <AskAgain state email/>
        }
        .into_any(),
    };
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {step}
        </VisitorPage>
    }
}

#[component]
fn Confirm(state: FormState) -> impl IntoView {
    let l = locale();
    view! {
        <p>{td_string!(l, verify_intro)}</p>
        <Form action=VerifyEmail::url() state>
            <Submit label=td_string!(l, verify_action) state/>
        </Form>
    }
}

#[component]
fn ConfirmWithPassword(state: FormState) -> impl IntoView {
    let l = locale();
    view! {
        <p>{td_string!(l, verify_password_intro)}</p>
        <Form action=VerifyEmail::url() state>
            <PasswordField field=Field::Password label=td_string!(l, password) autocomplete="current-password" refusal=state.refusal()/>
            <Submit label=td_string!(l, verify_action) state/>
        </Form>
        <p class="elsewhere">{td_string!(l, verify_unknown_password)} " " <a href=CLAIM rel="external">{td_string!(l, to_claim)}</a></p>
    }
}

#[component]
fn AskAgain(state: FormState, email: String) -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let form = move || {
        view! {
            <p>{td_string!(l, verify_again_intro)}</p>
            <Form action=VerificationLink::url() state>
                <EmailField label=td_string!(l, email) value=email refusal=state.refusal()/>
                <Submit label=td_string!(l, send_link) state/>
            </Form>
        }
    };
    view! {
        {if context.sends_mail { form().into_any() } else { view! { <p>{td_string!(l, no_mail_here)}</p> }.into_any() }}
        <p class="elsewhere"><a href="/login" rel="external">{td_string!(l, back_to_login)}</a></p>
    }
}

#[component]
pub fn ClaimAccountPage() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let state = FormState::on(CLAIM);
    let hint = fill(td_string!(l, password_hint), &[("min", &context.min_password_chars)]);
    let form = move || {
        view! {
            <p>{td_string!(l, claim_intro)}</p>
            <Form action=ClaimAccount::url() state>
                <PasswordField field=Field::Password label=td_string!(l, new_password) autocomplete="new-password" hint refusal=state.refusal()/>
                <Submit label=td_string!(l, claim_action) state/>
            </Form>
        }
    };
    view! {
        <VisitorPage>
            <Alert refusal=state.refusal()/>
            {match context.link {
                LinkState::Live | LinkState::AsksPassword => form().into_any(),
                LinkState::None | LinkState::Dead => view! {
                    <p>{td_string!(l, p_link_bad)}</p>
                    <p class="elsewhere"><a href=PATH rel="external">{td_string!(l, another_link)}</a></p>
                }.into_any(),
            }}
        </VisitorPage>
    }
}
