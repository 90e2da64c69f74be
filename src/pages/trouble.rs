//! Where there is no page, or none that could be drawn.

use crate::components::frame::VisitorPage;
use crate::components::problem_text::problem_text;
use crate::i18n::{locale, td_string};
use crate::model::Problem;
use leptos::prelude::*;

/// Says what went wrong and leads back.
#[component]
pub fn TroublePage(problem: Problem) -> impl IntoView {
    let l = locale();
    view! {
        <VisitorPage>
            <p>{problem_text(&problem)}</p>
            <p><a href="/" rel="external">{td_string!(l, home)}</a></p>
        </VisitorPage>
    }
}
