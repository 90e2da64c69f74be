//! Draws pages: gathers what the server knows, sets the policy, lets Leptos render.

use super::{csp, origin, static_files, trouble};
use crate::app::{App, shell};
use crate::model::next_path::next_path;
use crate::model::{LinkState, PageContext, Problem};
use crate::server::accounts::{self, Opened};
use crate::server::call::{Call, cookies, flash};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::tokens::one_time::{self, Purpose};
use crate::server::totp;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header, request::Parts};
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::ResponseOptions;
use std::sync::Arc;

/// A page of the route table.
pub async fn page(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let call = origin::call_of(&services, &parts);
    match page_context(&call, &parts).await {
        Ok(context) => draw(call, context, parts).await,
        Err(failure) => trouble::answer(failure.into_problem()),
    }
}

/// The page that says what went wrong. Asks nothing of the database: that may be what is wrong.
pub async fn of_problem(services: &Arc<Services>, request: Request, problem: Problem) -> Response {
    let (parts, _) = request.into_parts();
    let call = origin::call_of(services, &parts);
    let context = PageContext { trouble: Some(problem), ..circumstances(&call, &parts) };
    draw(call, context, parts).await
}

async fn draw(call: Call, context: PageContext, mut parts: Parts) -> Response {
    // The query may hold anything; pages read what they need from the context.
    if let Ok(uri) = parts.uri.path().parse() {
        parts.uri = uri;
    }
    let clear_flash = context.trouble.is_none() && call.jar().one(cookies::FLASH).is_some();
    let is_https = call.services().config.public_url.is_https;
    let set_up = move || {
        provide_context(call.clone());
        provide_context(context.clone());
        let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        set_headers(&csp::page(&nonce, is_https), clear_flash);
        provide_context(static_files::assets(nonce));
    };
    let options = LeptosOptions::builder().output_name("sekisho").build();
    let render = leptos_axum::render_app_async_with_context(set_up, move || shell(options.clone(), App));
    render(Request::from_parts(parts, Body::empty())).await
}

fn set_headers(policy: &str, clear_flash: bool) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    if clear_flash && let Ok(cookie) = HeaderValue::from_str(&cookies::expired(cookies::FLASH)) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Everything the server knows of this view, from the database too.
async fn page_context(call: &Call, parts: &Parts) -> Result<PageContext, Failure> {
    let session = call.find_session().await?;
    let has_second_factor = match &session {
        Some(session) => totp::is_enrolled(call.services(), session.account()).await?,
        None => false,
    };
    Ok(PageContext {
        signed_in_as: session.map(|session| session.email().to_owned()),
        has_second_factor,
        flash: flash::read(call.services(), call.jar()),
        link: link_state(call, parts.uri.path()).await?,
        ..circumstances(call, parts)
    })
}

/// What the page at `path` can do with the link that was opened; looks without spending it.
async fn link_state(call: &Call, path: &str) -> Result<LinkState, Failure> {
    let cookie = match path {
        "/reset-password" => cookies::RESET,
        "/verify-email" | "/verify-email/new-password" => cookies::VERIFY,
        "/not-me" => cookies::NOT_ME,
        "/undo-email" => cookies::UNDO_EMAIL,
        _ => return Ok(LinkState::None),
    };
    let Ok(link) = call.link(cookie) else { return Ok(LinkState::None) };
    let services = call.services();
    match cookie {
        cookies::RESET => one_time::state(services, &link, Purpose::ResetPassword).await,
        cookies::NOT_ME => one_time::state(services, &link, Purpose::NotMe).await,
        cookies::UNDO_EMAIL => one_time::state(services, &link, Purpose::UndoEmail).await,
        _ => {
            accounts::link_state(services, &Opened { link, registered_here: call.registered_here(), session: None })
                .await
        }
    }
}

/// What request and settings alone tell.
fn circumstances(call: &Call, parts: &Parts) -> PageContext {
    let config = &call.services().config;
    let jar = call.jar();
    let asked = |wanted: &str| {
        let mut fields = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
    };
    PageContext {
        language: call.origin().language,
        theme: jar
            .one(cookies::THEME)
            .filter(|theme| matches!(*theme, "light" | "dark"))
            .unwrap_or_default()
            .to_owned(),
        path: parts.uri.path().to_owned(),
        next: next_path(&asked("next").unwrap_or_default()).to_owned(),
        before: asked("before").and_then(|before| before.parse().ok()),
        cookie_was_lost: jar.lost_the_login(),
        min_password_chars: config.min_password_chars(),
        registration_is_open: config.registration_is_open,
        second_factor_is_required: config.second_factor_is_required,
        verification_is_required: config.email_verification_is_required,
        sends_mail: config.mail.smtp.is_some(),
        ..PageContext::default()
    }
}
