//! `/dashboard`: am I protected, was it me, where am I signed in, what happened lately?

use crate::components::alert::Alert;
use crate::components::frame::MemberPage;
use crate::components::moment::Moment;
use crate::components::post_button::PostButton;
use crate::components::problem_text::problem_text;
use crate::functions::dashboard::dashboard;
use crate::functions::recovery_codes::RenewRecoveryCodes;
use crate::functions::totp::RestartTotp;
use crate::i18n::{fill, locale, td_string};
use crate::model::views::{DashboardView, Device, EventKind, RecoveryCodes};
use crate::model::{PageContext, Timestamp};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// As few recovery codes as call for a new set.
const FEW_CODES: i64 = 3;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let shown = Resource::new(|| (), |()| dashboard());
    view! {
        <MemberPage>
            <Suspense>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => view! { <Answers shown/> }.into_any(),
                        Err(problem) => view! { <p class="notice">{problem_text(&problem)}</p> }.into_any(),
                    }
                })}
            </Suspense>
        </MemberPage>
    }
}

#[component]
fn Answers(shown: DashboardView) -> impl IntoView {
    let l = locale();
    let now = shown.now;
    view! {
        <div class="answers">
            <Protection shown=shown.clone()/>
            <section class="card" aria-labelledby="last-login">
                <h2 id="last-login">{td_string!(l, last_login)}</h2>
                {match shown.last_login {
                    Some(login) => view! { <Place device=login.device address=login.address at=login.at now/> }.into_any(),
                    None => view! { <p>{td_string!(l, first_login)}</p> }.into_any(),
                }}
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

#[component]
fn RecoveryCodesLeft(state: RecoveryCodes, left: i64) -> impl IntoView {
    let l = locale();
    let advice = match state {
        RecoveryCodes::ToConfirm => Some(td_string!(l, codes_unconfirmed)),
        RecoveryCodes::Lost => Some(td_string!(l, codes_lost)),
        RecoveryCodes::Confirmed if left <= FEW_CODES => Some(td_string!(l, codes_few)),
        RecoveryCodes::Confirmed => None,
    };
    view! {
        <p>{fill(td_string!(l, codes_left), &[("count", &left)])}</p>
        {advice.map(|advice| view! { <p class="notice">{advice}</p> })}
        {if state == RecoveryCodes::ToConfirm {
            view! { <p><a class="secondary" href="/recovery-codes" rel="external">{td_string!(l, look_at_codes)}</a></p> }.into_any()
        } else {
            view! { <PostButton action=RenewRecoveryCodes::url() label=td_string!(l, new_codes) class="secondary"/> }.into_any()
        }}
    }
}

#[component]
fn Place(device: Device, address: String, at: Timestamp, now: Timestamp) -> impl IntoView {
    view! { <p class="place"><span>{device_words(device)}</span> " · " <span>{address}</span> " · " <Moment at now/></p> }
}

fn device_words(device: Device) -> String {
    let l = locale();
    match (device.browser, device.system) {
        (browser, system) if browser.is_empty() && system.is_empty() => td_string!(l, unknown_device).to_string(),
        (browser, system) if browser.is_empty() || system.is_empty() => browser + &system,
        (browser, system) => fill(td_string!(l, device_words), &[("browser", &browser), ("system", &system)]),
    }
}

fn event_words(kind: EventKind) -> &'static str {
    let l = locale();
    match kind {
        EventKind::Registered => td_string!(l, event_registered),
        EventKind::LoggedIn => td_string!(l, event_logged_in),
        EventKind::LoggedInWithRecoveryCode => td_string!(l, event_logged_in_with_recovery_code),
        EventKind::PasswordRefused => td_string!(l, event_password_refused),
        EventKind::CodeRefused => td_string!(l, event_code_refused),
        EventKind::SecondFactorOn => td_string!(l, event_second_factor_on),
        EventKind::RecoveryCodesMade => td_string!(l, event_recovery_codes_made),
        EventKind::LoggedOut => td_string!(l, event_logged_out),
        EventKind::PasswordChanged => td_string!(l, event_password_changed),
        EventKind::EmailVerified => td_string!(l, event_email_verified),
        EventKind::EmailChanged => td_string!(l, event_email_changed),
        EventKind::AccessChanged => td_string!(l, event_access_changed),
        EventKind::SecondFactorReset => td_string!(l, event_second_factor_reset),
    }
}
