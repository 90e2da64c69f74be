//! `/account`: what Sekisho knows of somebody, and leaving.

pub mod delete;

use crate::components::frame::MemberPage;
use crate::i18n::{locale, td_string};
use leptos::prelude::*;

#[component]
pub fn AccountPage() -> impl IntoView {
    let l = locale();
    view! {
        <MemberPage>
            <div class="answers">
                <section class="card" aria-labelledby="data">
                    <h2 id="data">{td_string!(l, my_data)}</h2>
                    <p>{td_string!(l, my_data_intro)}</p>
                    <p><a class="secondary" href="/account/data.json" rel="external">{td_string!(l, my_data_action)}</a></p>
                </section>
                <section class="card" aria-labelledby="leave">
                    <h2 id="leave">{td_string!(l, leave_title)}</h2>
                    <p>{td_string!(l, leave_short)}</p>
                    <p><a class="secondary danger" href="/account/delete" rel="external">{td_string!(l, leave_title)}</a></p>
                </section>
            </div>
        </MemberPage>
    }
}
