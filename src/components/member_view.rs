//! What a page for people signed in shows: asked of the server once, drawn when it is there.

use super::problem_text::problem_text;
use crate::model::Problem;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Draws with `show` what `ask` brings, or says why it brings nothing.
pub fn member_view<T, F, V>(ask: impl Fn() -> F + Send + Sync + 'static, show: fn(T) -> V) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
    V: IntoView + 'static,
{
    let shown = Resource::new(|| (), move |()| ask());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match shown.await {
                    Ok(shown) => show(shown).into_any(),
                    Err(problem) => view! { <p class="notice">{problem_text(&problem)}</p> }.into_any(),
                }
            })}
        </Suspense>
    }
}
