//! The summary above a form that was refused.

use super::problem_text::problem_text;
use crate::i18n::{locale, td_string};
use crate::model::{Field, PageContext, Problem};
use leptos::html;
use leptos::prelude::*;

/// A refusal as the form it came back to sees it: from the page itself or, with WASM, from the last try.
pub type Refusal = Signal<Option<Problem>>;

/// Says what was refused, takes the focus, and links to the field it is about.
#[component]
pub fn Alert(refusal: Refusal) -> impl IntoView {
    let title = td_string!(locale(), problem_title);
    let path = use_context::<PageContext>().unwrap_or_default().path;
    let summary = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let (Some(_), Some(element)) = (refusal.get(), summary.get()) {
            let focused = element.focus();
            debug_assert!(focused.is_ok(), "the summary can take the focus");
        }
    });
    move || {
        refusal.get().map(|problem| {
            let text = problem_text(&problem);
            let target = problem.field().map(field_id);
            view! {
                <div class="alert" role="alert" tabindex="-1" autofocus node_ref=summary>
                    <p class="alert-title">{title}</p>
                    {match target {
                        Some(id) => view! { <p><a href=format!("#{id}") rel="external">{text}</a></p> }.into_any(),
                        None => view! { <p>{text}</p> }.into_any(),
                    }}
                    {(problem == Problem::LoginTooOld).then(|| view! {
                        <p><a class="secondary" href=format!("/confirm?next={path}") rel="external">{td_string!(locale(), confirm_title)}</a></p>
                    })}
                </div>
            }
        })
    }
}

/// The id of a field's input.
pub fn field_id(field: Field) -> &'static str {
    match field {
        Field::Email => "email",
        Field::Password => "password",
        Field::CurrentPassword => "current-password",
        Field::Code => "code",
    }
}
