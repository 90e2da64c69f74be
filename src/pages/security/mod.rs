//! `/security`: how the account is protected, and the ways to change that.

pub mod authenticator;
pub mod email;
pub mod password;

use crate::components::frame::MemberPage;
use crate::components::member_view::member_view;
use crate::components::moment::Moment;
use crate::components::post_button::PostButton;
use crate::components::recovery_codes_left::RecoveryCodesLeft;
use crate::functions::security::{CancelEmailChange, security};
use crate::functions::totp::RestartTotp;
use crate::i18n::{fill, locale, td_string};
use crate::model::PageContext;
use crate::model::views::SecurityView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn SecurityPage() -> impl IntoView {
    view! {
        <MemberPage>
            {member_view(security, |shown| view! { <Cards shown/> })}
        </MemberPage>
    }
}

#[component]
fn Cards(shown: SecurityView) -> impl IntoView {
    let l = locale();
    let now = shown.now;
    view! {
        <div class="answers">
            <section class="card" aria-labelledby="password">
                <h2 id="password">{td_string!(l, password)}</h2>
                <p>{match shown.password_changed_at {
                    Some(at) => view! { {td_string!(l, changed)} " " <Moment at now/> }.into_any(),
                    None => td_string!(l, password_first).into_any(),
                }}</p>
                <p><a class="secondary" href="/security/password" rel="external">{td_string!(l, change_password_title)}</a></p>
            </section>
            <Email email=shown.email.clone() is_verified=shown.is_verified new_email=shown.new_email.clone()/>
            <Authenticator is_on=shown.has_second_factor/>
            {shown.has_second_factor.then(|| view! {
                <section class="card" aria-labelledby="codes">
                    <h2 id="codes">{td_string!(l, sheet_gone_title)}</h2>
                    <RecoveryCodesLeft state=shown.recovery_codes left=shown.recovery_codes_left/>
                </section>
            })}
        </div>
    }
}

#[component]
fn Email(email: String, is_verified: bool, new_email: Option<String>) -> impl IntoView {
    let l = locale();
    let sends_mail = use_context::<PageContext>().unwrap_or_default().sends_mail;
    view! {
        <section class="card" aria-labelledby="email">
            <h2 id="email">{td_string!(l, email)}</h2>
            <p>{email}</p>
            <p class=if is_verified { "good" } else { "faded" }>
                {if is_verified { td_string!(l, email_confirmed) } else { td_string!(l, email_unconfirmed) }}
                {(!is_verified && sends_mail).then(|| view! { " " <a href="/verify-email" rel="external">{td_string!(l, send_link)}</a> })}
            </p>
            {new_email.map(|new| view! {
                <div class="notice">
                    <p>{fill(td_string!(l, email_waits), &[("email", &new)])}</p>
                    <PostButton action=CancelEmailChange::url() label=td_string!(l, email_cancel) class="link"/>
                </div>
            })}
            <p><a class="secondary" href="/security/email" rel="external">{td_string!(l, change_email_title)}</a></p>
        </section>
    }
}

#[component]
fn Authenticator(is_on: bool) -> impl IntoView {
    let l = locale();
    let is_required = use_context::<PageContext>().unwrap_or_default().second_factor_is_required;
    view! {
        <section class="card" aria-labelledby="authenticator">
            <h2 id="authenticator">{td_string!(l, two_factor)}</h2>
            {if is_on {
                view! {
                    <p class="good">{td_string!(l, two_factor_on)}</p>
                    <div class="actions">
                        <a class="secondary" href="/security/authenticator" rel="external">{td_string!(l, replace_title)}</a>
                        {(!is_required).then(|| view! {
                            <a class="secondary danger" href="/security/remove-authenticator" rel="external">{td_string!(l, remove_title)}</a>
                        })}
                    </div>
                }.into_any()
            } else {
                view! {
                    <p>{td_string!(l, half_protected)}</p>
                    <PostButton action=RestartTotp::url() label=td_string!(l, turn_on) class="secondary"/>
                }.into_any()
            }}
        </section>
    }
}
