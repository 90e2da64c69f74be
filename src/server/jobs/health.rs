//! The database is looked through.

use crate::server::services::Services;
use std::time::Duration;

/// Soon after the start, and between any two looks.
const FIRST: Duration = Duration::from_secs(1);
/// How often a sound database is looked through, and one in trouble.
const PAUSES: (Duration, Duration) = (Duration::from_secs(60 * 60), Duration::from_secs(60));

/// Looks until the server stops: from time to time, and where there is a reason to.
pub async fn run(services: &Services) {
    let health = services.store.health();
    let mut pause = FIRST;
    loop {
        // Waited for or not: either is a reason to look.
        drop(tokio::time::timeout(pause, health.suspected()).await);
        pause = match health.look_through().await {
            Ok(None) => PAUSES.0,
            Ok(Some(damage)) => {
                tracing::error!(damage, "The database is damaged: nothing is written any more. Restore a backup.");
                PAUSES.1
            }
            Err(error) => {
                tracing::error!(%error, "The database could not be looked through.");
                PAUSES.1
            }
        };
        tokio::time::sleep(FIRST).await;
    }
}
