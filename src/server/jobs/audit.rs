//! The history is chained.

use crate::server::audit::{self, Look};
use crate::server::services::Services;
use std::time::Duration;

/// How long an event waits at most, more or less.
const PAUSE: Duration = Duration::from_secs(1);
/// Whatever is broken is not mended by asking again at once.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Chains events until the server stops.
pub async fn run(services: &Services) {
    let mut look = Look::new();
    loop {
        let pause = match audit::chain(services, &mut look).await {
            // There are more. Requests that wait for the writer go first.
            Ok(count) if count >= audit::BATCH => Duration::from_millis(20),
            Ok(_) => PAUSE,
            Err(failure) => {
                let problem = failure.into_problem();
                tracing::warn!(?problem, "The history could not be chained.");
                PAUSE_AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
