//! Where there is no page.

use crate::components::frame::VisitorPage;
use crate::i18n::{locale, td_string};
use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let l = locale();
    view! {
        <VisitorPage title=td_string!(l, not_found_title)>
            <p>{td_string!(l, not_found_text)}</p>
            <p><a href="/" rel="external">{td_string!(l, home)}</a></p>
        </VisitorPage>
    }
}
