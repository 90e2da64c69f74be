//! The frame of every page: the HTML shell, and the page at the path asked for.
//!
//! There is no router in the browser: every way from page to page is a new document, so cookies,
//! language and back button are the same with and without WASM, and browsers download less.

use crate::components::page_title::page_title;
use crate::i18n::{locale, td_string};
use crate::model::PageContext;
use crate::model::page_context::Assets;
use crate::pages::{self, trouble::TroublePage};
use leptos::prelude::*;
use leptos::server::SharedValue;

/// The document around the app. Our own, because the stock one writes the nonce into attributes
/// that scripts and style sheets can read.
pub fn shell<F, V>(_options: LeptosOptions, app: F) -> impl IntoView
where
    F: Fn() -> V + 'static,
    V: IntoView + 'static,
{
    let context = use_context::<PageContext>().unwrap_or_default();
    let assets = use_context::<Assets>().unwrap_or_default();
    let start = start_script(&assets);
    let title = format!("{} · Sekisho", page_title(&context));
    view! {
        <!DOCTYPE html>
        <html lang=context.language.tag() data-theme=context.theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{title}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=assets.css/>
                <link rel="modulepreload" href=assets.js/>
                <script type="module" nonce=assets.nonce inner_html=start></script>
            </head>
            <body>{app()}</body>
        </html>
    }
}

/// Wakes the page up. A page from before an update names files that are gone: it is loaded anew, once.
fn start_script(assets: &Assets) -> String {
    format!(
        "import('{}').then(m=>m.default({{module_or_path:'{}'}}).then(()=>m.hydrate()))\
         .then(()=>sessionStorage.removeItem('stale'),\
         ()=>{{if(!sessionStorage.getItem('stale')){{sessionStorage.setItem('stale','1');location.reload()}}}})",
        assets.js, assets.wasm
    )
}

/// The app: one page.
#[component]
pub fn App() -> impl IntoView {
    // On the server it is in the context; the browser reads the copy that the page carries.
    let context = SharedValue::new(|| use_context::<PageContext>().unwrap_or_default()).into_inner();
    let page = match &context.trouble {
        Some(problem) => {
            let problem = problem.clone();
            Box::new(move || view! { <TroublePage problem/> }.into_any()) as Box<dyn FnOnce() -> AnyView>
        }
        None => pages::at(&context.path),
    };
    provide_context(context);
    view! {
        <a class="skip-link" href="#main">{td_string!(locale(), skip_to_content)}</a>
        {page()}
    }
}
