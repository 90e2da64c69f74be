//! What is over goes away.

use crate::server::accounts;
use crate::server::failure::Failure;
use crate::server::mail;
use crate::server::services::Services;
use crate::server::store::sweep::{self, OVER};
use std::time::Duration;

/// How often it is looked for.
const PAUSE: Duration = Duration::from_secs(60 * 60);
/// Rows of one transaction: so few that nobody waits for the writer.
const BATCH: i64 = 200;

/// Sweeps until the server stops, first soon after the start.
pub async fn run(services: &Services) {
    tokio::time::sleep(Duration::from_secs(60)).await;
    loop {
        if let Err(failure) = sweep(services).await {
            let problem = failure.into_problem();
            tracing::warn!(?problem, "What is over could not be swept.");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Deletes what is over; tells how many rows that were.
pub async fn sweep(services: &Services) -> Result<u64, Failure> {
    let now = services.clock.now();
    let mut count = 0;
    for what in OVER {
        loop {
            let mut tx = services.store.begin().await?;
            let gone = sweep::delete(&mut *tx, what, now, BATCH).await?;
            tx.commit().await?;
            count += gone;
            if gone < u64::try_from(BATCH).unwrap_or_default() {
                break;
            }
            // Requests that wait for the writer go first.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    while accounts::delete_left(services).await? > 0 {}
    mail::sweep_kept(services).await?;
    tracing::info!(rows = count, "What is over was swept.");
    Ok(count)
}
