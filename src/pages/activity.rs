//! `/activity`: what happened to the account.

use crate::components::event_words::event_words;
use crate::components::frame::MemberPage;
use crate::components::member_view::member_view;
use crate::components::place::Place;
use crate::components::post_button::PostButton;
use crate::functions::activity::{NotMe, activity};
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use crate::model::views::ActivityView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

#[component]
pub fn ActivityPage() -> impl IntoView {
    let before = use_context::<PageContext>().unwrap_or_default().before;
    view! {
        <MemberPage>
            {member_view(move || activity(before), |shown| view! { <Events shown/> })}
        </MemberPage>
    }
}

#[component]
fn Events(shown: ActivityView) -> impl IntoView {
    let l = locale();
    let ActivityView { events, older, now } = shown;
    view! {
        <section class="card" aria-labelledby="not-me">
            <h2 id="not-me">{td_string!(l, not_me_question)}</h2>
            <p>{td_string!(l, not_me_intro)}</p>
            <PostButton action=NotMe::url() label=td_string!(l, not_me_action) class="secondary danger"/>
        </section>
        <section class="card" aria-labelledby="events">
            <h2 id="events">{td_string!(l, what_happened)}</h2>
            <ul class="lines">
                {events.into_iter().map(|event| view! {
                    <li>
                        <strong>{event_words(event.kind)}</strong>
                        <Place device=event.device address=event.address at=event.at now/>
                    </li>
                }).collect_view()}
            </ul>
            {older.map(|before| view! {
                <p><a class="secondary" href=format!("/activity?before={before}") rel="external">{td_string!(l, older)}</a></p>
            })}
        </section>
    }
}
