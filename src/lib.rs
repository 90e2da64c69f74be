//! Sekisho: a self-hosted sign-in server. This library is built twice: for the browser
//! (`hydrate`) without `server`, and for the server (`ssr`) with everything.
#![forbid(unsafe_code)]

pub mod app;
pub mod components;
pub mod functions;
pub mod i18n;
pub mod model;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;

/// Wakes up the page that the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(app::App);
}
