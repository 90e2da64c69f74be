//! The frames around pages: one column for visitors, a header for people signed in.

use super::notice::NoticeLine;
use super::page_title::page_title;
use super::post_button::PostButton;
use crate::functions::login::LogOut;
use crate::i18n::{locale, td_string};
use crate::model::{Language, PageContext};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The gate: two posts, two beams.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path d="M3 6h26v4H3zM6 14h20v3H6zM8 10h4v18H8zM20 10h4v18h-4z"/>
        </svg>
    }
}

/// A page for visitors: the mark, one card, the way on, language and theme.
#[component]
pub fn VisitorPage(children: Children) -> impl IntoView {
    let title = page_title(&use_context::<PageContext>().unwrap_or_default());
    view! {
        <div class="visitor">
            <header class="brand"><a href="/" rel="external"><Mark/><span>"Sekisho"</span></a></header>
            <main id="main" class="card" tabindex="-1">
                <h1>{title}</h1>
                <NoticeLine/>
                {children()}
            </main>
            <Preferences/>
        </div>
    }
}

/// A page for people signed in.
#[component]
pub fn MemberPage(children: Children) -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let title = page_title(&context);
    let email = context.signed_in_as.clone().unwrap_or_default();
    view! {
        <div class="member">
            <header class="bar">
                <a class="brand" href="/dashboard" rel="external"><Mark/><span>"Sekisho"</span></a>
                <div class="account">
                    <span class="account-email"><span class="visually-hidden">{td_string!(l, signed_in_as)} " "</span>{email}</span>
                    <PostButton action=LogOut::url() label=td_string!(l, log_out) class="secondary"/>
                </div>
            </header>
            <div class="columns">
                <Areas path=context.path/>
                <main id="main" tabindex="-1">
                    <h1>{title}</h1>
                    <NoticeLine/>
                    {children()}
                </main>
            </div>
            <Preferences/>
        </div>
    }
}

/// The areas of an account; the one of this page is marked.
#[component]
fn Areas(path: String) -> impl IntoView {
    let l = locale();
    let areas = [
        ("/dashboard", td_string!(l, dashboard_title)),
        ("/security", td_string!(l, security_title)),
        ("/sessions", td_string!(l, sessions_title)),
        ("/activity", td_string!(l, activity_title)),
        ("/account", td_string!(l, account_title)),
    ];
    view! {
        <nav class="areas" aria-label=td_string!(l, areas)>
            <ul>
                {areas.map(|(area, name)| {
                    let current = if path == area { Some("page") } else { path.starts_with(area).then_some("true") };
                    view! { <li><a href=area rel="external" aria-current=current>{name}</a></li> }
                }).collect_view()}
            </ul>
        </nav>
    }
}

/// Language and theme: plain forms, answered by a redirect to the same page.
#[component]
fn Preferences() -> impl IntoView {
    let l = locale();
    let context = use_context::<PageContext>().unwrap_or_default();
    let themes = [
        ("light", td_string!(l, theme_light)),
        ("dark", td_string!(l, theme_dark)),
        ("auto", td_string!(l, theme_auto)),
    ];
    let chosen = if context.theme.is_empty() { "auto".to_owned() } else { context.theme.clone() };
    let choice = |name: &'static str,
                  value: &'static str,
                  text: &'static str,
                  is_chosen: bool,
                  lang: Option<&'static str>| {
        view! { <button type="submit" name=name value=value lang=lang aria-pressed=is_chosen.to_string()>{text}</button> }
    };
    view! {
        <footer class="preferences">
            <form method="post" action="/preferences" aria-label=td_string!(l, language)>
                <input type="hidden" name="path" value=context.path.clone()/>
                {choice("language", "en", "English", context.language == Language::En, Some("en"))}
                {choice("language", "ja", "日本語", context.language == Language::Ja, Some("ja"))}
            </form>
            <form method="post" action="/preferences" aria-label=td_string!(l, theme)>
                <input type="hidden" name="path" value=context.path/>
                {themes.map(|(value, text)| choice("theme", value, text, chosen == value, None)).collect_view()}
            </form>
        </footer>
    }
}
