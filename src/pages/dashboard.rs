//! `/dashboard`: am I protected, was it me, where am I signed in, what happened lately?

use crate::components::alert::Alert;
use crate::components::event_words::event_words;
use crate::components::frame::MemberPage;
use crate::components::member_view::member_view;
use crate::components::place::Place;
use crate::components::post_button::PostButton;
use crate::components::recovery_codes_left::RecoveryCodesLeft;
use crate::functions::dashboard::dashboard;
use crate::functions::totp::RestartTotp;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use crate::model::views::DashboardView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn DashboardPage() -> impl IntoView {
    view! {
        <MemberPage>
            {member_view(dashboard, |shown| view! { <Answers shown/> })}
        </MemberPage>
    }
}

#[component]
fn Answers(shown: DashboardView) -> impl IntoView {
    let l = locale();
    let now = shown.now;
    view! {
        {shown.owes_verification.then(|| view! {
            <p class="notice">{td_string!(l, email_unconfirmed)} " " <a href="/verify-email" rel="external">{td_string!(l, send_link)}</a></p>
        })}
        <div class="answers">
            <Protection shown=shown.clone()/>
            <section class="card" aria-labelledby="last-login">
                <h2 id="last-login">{td_string!(l, last_login)}</h2>
                {match shown.last_login {
                    Some(login) => view! { <Place device=login.device address=login.address at=login.at now/> }.into_any(),
                    None => view! { <p>{td_string!(l, first_login)}</p> }.into_any(),
                }}
                <p><a href="/activity" rel="external">{td_string!(l, was_not_me)}</a></p>
            </section>
            <section class="card" aria-labelledby="signed-in">
                <h2 id="signed-in">{td_string!(l, signed_in_on)}</h2>
                <ul class="lines">
                    {shown.sessions.into_iter().map(|session| view! {
                        <li>
                            <Place device=session.device address=session.address at=session.last_seen_at now/>
                            {session.is_this_one.then(|| view! { <span class="tag">{td_string!(l, this_device)}</span> })}
                        </li>
                    }).collect_view()}
                </ul>
                <p><a href="/sessions" rel="external">{td_string!(l, manage_sessions)}</a></p>
            </section>
            <section class="card" aria-labelledby="lately">
                <h2 id="lately">{td_string!(l, lately)}</h2>
                <ul class="lines">
                    {shown.events.into_iter().map(|event| view! {
                        <li>
                            <strong>{event_words(event.kind)}</strong>
                            <Place device=event.device address=event.address at=event.at now/>
                        </li>
                    }).collect_view()}
                </ul>
                <p><a href="/activity" rel="external">{td_string!(l, all_activity)}</a></p>
            </section>
        </div>
    }
}

#[component]
fn Protection(shown: DashboardView) -> impl IntoView {
    let l = locale();
    let (sent, _) = use_context::<PageContext>().unwrap_or_default().flash_for("/dashboard");
    let refusal = Signal::stored(sent);
    view! {
        <section class="card" aria-labelledby="protection">
            <h2 id="protection">{td_string!(l, protection)}</h2>
            <Alert refusal/>
            {if shown.has_second_factor {
                view! {
                    <p class="good">{td_string!(l, protected)}</p>
                    <RecoveryCodesLeft state=shown.recovery_codes left=shown.recovery_codes_left/>
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
