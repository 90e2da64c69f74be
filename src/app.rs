//! The frame of every page: the HTML shell, the routes, and what a page knows of its view.

use crate::i18n::{locale, td_string};
use crate::model::page_context::Assets;
use crate::model::{PageContext, Problem};
use crate::pages::{
    dashboard::DashboardPage, login::LoginPage, recovery_codes::RecoveryCodesPage, register::RegisterPage,
    tfa::TfaPage, totp_setup::TotpSetupPage, trouble::TroublePage,
};
use leptos::prelude::*;
use leptos::server::SharedValue;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

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
    view! {
        <!DOCTYPE html>
        <html lang=context.language data-theme=context.theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=assets.css/>
                <link rel="modulepreload" href=assets.js/>
                <script type="module" nonce=assets.nonce inner_html=start></script>
                <MetaTags/>
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

/// The app: one page of the route table.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // On the server it is in the context; the browser reads the copy that the page carries.
    let context = SharedValue::new(|| use_context::<PageContext>().unwrap_or_default()).into_inner();
    let trouble = context.trouble.clone();
    provide_context(context);
    let locale = locale();
    view! {
        <Title formatter=move |page: String| format!("{page} · Sekisho")/>
        <a class="skip-link" href="#main">{td_string!(locale, skip_to_content)}</a>
        {match trouble {
            Some(problem) => view! { <TroublePage problem/> }.into_any(),
            None => view! { <Pages/> }.into_any(),
        }}
    }
}

/// The route table.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=|| view! { <TroublePage problem=Problem::NoSuchPage/> }>
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=RegisterPage ssr=SsrMode::Async/>
                <Route path=path!("/tfa") view=TfaPage ssr=SsrMode::Async/>
                <Route path=path!("/totp-setup") view=TotpSetupPage ssr=SsrMode::Async/>
                <Route path=path!("/recovery-codes") view=RecoveryCodesPage ssr=SsrMode::Async/>
                <Route path=path!("/dashboard") view=DashboardPage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// Opens the page that follows a form as a new document: cookies, language and back button are
/// then the same with and without WASM. Called once, before the router sets its own rule.
pub fn load_redirects_as_new_pages() {
    let went = leptos::server_fn::redirect::set_redirect_hook(|path| {
        let opened = window().location().assign(path);
        debug_assert!(opened.is_ok(), "our own paths can be opened");
    });
    debug_assert!(went.is_ok(), "set before the router");
}
