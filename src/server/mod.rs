//! Everything that never reaches the browser. Arrows point one way: see `tests/layers.rs`.

pub mod accounts;
pub mod admin;
pub mod audit;
pub mod call;
pub mod cli;
pub mod clock;
pub mod config;
pub mod email;
pub mod failure;
pub mod http;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod log;
pub mod mail;
pub mod metrics;
pub mod passwords;
pub mod recent;
pub mod request_id;
pub mod rest;
pub mod sealing;
pub mod services;
pub mod sessions;
pub mod store;
pub mod tokens;
pub mod totp;
pub mod turnstile;

#[cfg(test)]
mod tests;
