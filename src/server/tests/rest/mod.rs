//! The REST API on the whole router, in process: api-contract, cell by cell.

mod again;
mod client;
mod compat;
mod docs;
mod input;
mod integrating;
mod journeys;
mod login;
mod matrix;
mod me;
mod processes;
mod recent;
mod recover;
mod register;
mod sharing;
mod superusers;
mod tokens;

pub use client::Client;
pub use matrix::MATRIX;

/// The two profiles of the API.
const PROFILES: [&str; 2] = ["strict", "fastapi_users"];

/// A server of this profile.
async fn app(profile: &str) -> super::TestApp {
    super::TestApp::with(&[("SEKISHO_API_COMPAT", profile)]).await
}
