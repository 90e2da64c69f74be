//! What is done beside requests, as long as the server runs.

use crate::server::failure::Failure;
use crate::server::mail;
use crate::server::services::Services;
use std::sync::Arc;
use std::time::Duration;

const PAUSE: Duration = Duration::from_secs(1);

/// Delivers mail until the server stops.
pub async fn run(services: Arc<Services>) {
    loop {
        match mail::deliver(&services).await {
            // There may be more.
            Ok(count) if count > 0 => {}
            Ok(_) => tokio::time::sleep(PAUSE).await,
            Err(failure) => {
                let problem = Failure::into_problem(failure);
                tracing::warn!(?problem, "Mail could not be delivered.");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
