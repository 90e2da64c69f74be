//! Counters that are over are forgotten.

use crate::server::limits;
use crate::server::services::Services;
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(60);

/// Forgets what is over until the server stops.
pub async fn run(services: &Services) {
    loop {
        match limits::sweep(services).await {
            // There may be more.
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => {
                let problem = failure.into_problem();
                tracing::warn!(?problem, "What is over could not be forgotten.");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
