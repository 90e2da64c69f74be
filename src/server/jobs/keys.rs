//! New versions of the master key are taken up.

use crate::server::sealing;
use crate::server::services::Services;
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(1);
/// A file that lacks a version is not mended by asking again at once.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(10);

/// Follows the version in use until the server stops.
pub async fn run(services: &Services) {
    loop {
        let pause = match sealing::follow(services).await {
            Ok(()) => PAUSE,
            Err(failure) => {
                let problem = failure.into_problem();
                tracing::warn!(?problem, "Another version of the master key could not be taken up.");
                PAUSE_AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
