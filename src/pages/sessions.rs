//! `/sessions`: where the account is signed in, and ending that.

use crate::components::frame::MemberPage;
use crate::components::member_view::member_view;
use crate::components::moment::Moment;
use crate::components::place::device_words;
use crate::components::post_button::PostButton;
use crate::functions::sessions::{EndOtherSessions, EndSession, sessions};
use crate::i18n::{fill, locale, td_string};
use crate::model::Timestamp;
use crate::model::views::{SessionLine, SessionsView};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn SessionsPage() -> impl IntoView {
    view! {
        <MemberPage>
            {member_view(sessions, |shown| view! { <Places shown/> })}
        </MemberPage>
    }
}

#[component]
fn Places(shown: SessionsView) -> impl IntoView {
    let l = locale();
    let SessionsView { sessions, now } = shown;
    let has_others = sessions.len() > 1;
    view! {
        <div class="card">
            <ul class="lines">{sessions.into_iter().map(|session| view! { <Line session now/> }).collect_view()}</ul>
            {if has_others {
                view! { <PostButton action=EndOtherSessions::url() label=td_string!(l, end_others) class="secondary danger"/> }.into_any()
            } else {
                view! { <p class="faded">{td_string!(l, no_others)}</p> }.into_any()
            }}
        </div>
    }
}

#[component]
fn Line(session: SessionLine, now: Timestamp) -> impl IntoView {
    let l = locale();
    let device = device_words(session.device);
    let ends = fill(td_string!(l, end_session_of), &[("device", &device)]);
    view! {
        <li class="line-with-button">
            <div>
                <strong>{device}</strong>
                {session.is_this_one.then(|| view! { " " <span class="tag">{td_string!(l, this_device)}</span> })}
                {session.is_app.then(|| view! { " " <span class="tag">{td_string!(l, app_session)}</span> })}
                <p class="place">
                    <span>{session.address}</span> " · " {td_string!(l, signed_in)} " " <Moment at=session.created_at now/>
                    " · " {td_string!(l, last_seen)} " " <Moment at=session.last_seen_at now/>
                </p>
            </div>
            {(!session.is_this_one).then(|| view! {
                <PostButton action=EndSession::url() label=td_string!(l, end_session) class="secondary" with=("name", session.name)
                    says=ends/>
            })}
        </li>
    }
}
