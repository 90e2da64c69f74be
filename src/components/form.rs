//! A form. Without WASM the browser sends it and the answer is a new page; with WASM a refusal
//! comes back to the page itself, and only what follows is a new page.
//!
//! Not `ActionForm`, which brings a decoder of every function's arguments into the browser.

use super::alert::Refusal;
use crate::model::{PageContext, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{FormData, HtmlFormElement, RequestInit, Response, SubmitEvent, UrlSearchParams};
use wasm_bindgen_futures::JsFuture;

/// What is known of a form: why its last try was refused, and whether an answer is awaited.
#[derive(Clone, Copy)]
pub struct FormState {
    refused: RwSignal<Option<Problem>>,
    is_pending: RwSignal<bool>,
}

impl FormState {
    /// The form on the page at `path`, refused where the page was sent with a refusal.
    pub fn on(path: &str) -> Self {
        let (sent, _) = use_context::<PageContext>().unwrap_or_default().flash_for(path);
        Self { refused: RwSignal::new(sent), is_pending: RwSignal::new(false) }
    }

    /// Why the last try was refused.
    pub fn refusal(self) -> Refusal {
        self.refused.into()
    }

    /// True while an answer is awaited.
    pub fn is_pending(self) -> bool {
        self.is_pending.get()
    }

    async fn send(self, action: &'static str, form: HtmlFormElement) {
        self.is_pending.set(true);
        let refused = match answer_to(action, &form).await {
            Ok(None) => return, // The next page is on its way; until then the button stays busy.
            Ok(Some(problem)) => problem,
            Err(_) => Problem::Unreachable,
        };
        self.is_pending.set(false);
        self.refused.set(Some(refused));
    }
}

/// A form that posts to the server function at `action`.
#[component]
pub fn Form(action: &'static str, state: FormState, children: Children) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        event.prevent_default();
        if !state.is_pending.get_untracked() {
            spawn_local(state.send(action, form));
        }
    };
    view! { <form method="post" action=action on:submit=submit>{children()}</form> }
}

/// Sends the form. Goes to the page that follows, or tells why it was refused; fails where no
/// answer of ours came back.
async fn answer_to(action: &str, form: &HtmlFormElement) -> Result<Option<Problem>, JsValue> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(FormData::new_with_form(form)?.as_ref())?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&fields);
    let response = JsFuture::from(window().fetch_with_str_and_init(action, &request)).await?;
    let response: Response = response.dyn_into()?;
    if response.ok() {
        // A function that names no page leads back to this one.
        match response.headers().get("location")? {
            Some(next) => window().location().assign(&next)?,
            None => window().location().reload()?,
        }
        return Ok(None);
    }
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    serde_json::from_str(&text).map(Some).map_err(|_| JsValue::NULL)
}
