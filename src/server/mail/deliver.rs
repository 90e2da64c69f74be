//! Takes messages out of the outbox.

use super::{Letter, keep::Kept, place};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::outbox;

/// Most messages of one round.
const BATCH: i64 = 20;
/// Until then nobody else takes on the same delivery.
const CLAIM_S: i64 = 120;

/// Delivers what is due; tells how many messages that were.
pub async fn deliver(services: &Services) -> Result<usize, Failure> {
    let due = outbox::due(services.store.read(), services.clock.now(), BATCH).await?;
    let mut count = 0;
    for id in due {
        count += usize::from(deliver_one(services, &id).await?);
    }
    Ok(count)
}

async fn deliver_one(services: &Services, id: &str) -> Result<bool, Failure> {
    let now = services.clock.now();
    let mut tx = services.store.begin().await?;
    let claimed = outbox::claim(&mut *tx, id, now, now.plus_s(CLAIM_S)).await?;
    tx.commit().await?;
    let Some(claimed) = claimed else { return Ok(false) };
    let opened = services.keys.open(place(id), &claimed.sealed_message)?;
    let letter: Letter = serde_json::from_slice(&opened).map_err(|cause| Failure::Broken(cause.into()))?;
    let folder = services.config.data_dir.join("mail");
    let kept = Kept { id, folder, now, expires_at: claimed.expires_at, text: letter.text };
    kept.write().await.map_err(|cause| Failure::Broken(cause.into()))?;
    let mut tx = services.store.begin().await?;
    outbox::delivered(&mut *tx, id, services.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}
