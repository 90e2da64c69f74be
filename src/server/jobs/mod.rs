//! What is done beside requests, as long as the server runs: the one place for everything that
//! happens by itself.

mod audit;
mod health;
mod keys;
mod limits;
mod post;
mod sweep;

pub use post::post;
pub use sweep::sweep;

use crate::server::services::Services;
use std::sync::Arc;

/// Runs every job until the server stops.
pub async fn run(services: Arc<Services>) {
    tokio::join!(
        post::run(&services),
        sweep::run(&services),
        limits::run(&services),
        health::run(&services),
        audit::run(&services),
        keys::run(&services)
    );
}
