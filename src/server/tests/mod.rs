//! HTTP tests on the whole router, in process: each promise once as a fetch, once as a plain form.

mod account;
mod app;
mod audit;
mod database;
mod delivery;
mod documents;
mod eml;
mod events;
mod forms;
mod fuzz;
mod headers;
mod hosts;
mod journeys;
mod keys;
mod layers;
mod limits;
mod log;
mod mail;
mod metrics;
mod pins;
mod promises;
mod races;
mod recover;
mod rest;
mod restored;
mod second_factor;
mod serving;
mod sessions;
mod smtp;
mod start;
mod store;
mod tls;
mod trouble;
mod turnstile;
mod writer;

use app::{TestApp, Visitor};
