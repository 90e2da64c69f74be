//! Takes messages out of the outbox.

use super::transport::{Delay, Parcel};
use super::{FEIGNED, place};
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::random;
use crate::server::services::Services;
use crate::server::store::outbox::{self, Claimed};
use futures_util::future::join_all;
use std::time::Duration;

/// Most messages of one round.
const BATCH: i64 = 20;
/// Deliveries at a time: a mail server may well think before it greets, against spam; and few of
/// them mind so many connections.
const AT_ONCE: usize = 4;
/// Until then nobody else takes on the same delivery; longer than any delivery takes.
const CLAIM_S: i64 = 120;
/// The first pause after a failure, and the longest: a link works for an hour.
const PAUSES_S: (i64, i64) = (10, 300);

/// Delivers what is due; tells how many messages that were. A message that has to wait ends the
/// round: the others would likely wait too, and each may take half a minute to find that out.
pub async fn deliver(services: &Services) -> Result<usize, Failure> {
    let due = outbox::due(services.store.read(), services.clock.now(), BATCH).await?;
    let mut count = 0;
    for ids in due.chunks(AT_ONCE) {
        // Each to its end, whatever becomes of the others: one that is dropped half-way comes twice.
        let outcomes = join_all(ids.iter().map(|id| deliver_one(services, id))).await;
        let outcomes: Vec<Outcome> = outcomes.into_iter().collect::<Result<_, _>>()?;
        count += outcomes.iter().filter(|outcome| **outcome == Outcome::Delivered).count();
        if outcomes.contains(&Outcome::Waits) {
            break;
        }
    }
    Ok(count)
}

/// Draws how long the next round waits: at most 255 ms. There is more to do for an address that has an account;
/// what is asked right after a link seldom meets it.
pub fn draw_pause() -> Duration {
    random::<1>().map_or(Duration::ZERO, |[chance]| Duration::from_millis(chance.into()))
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Delivered,
    Dropped,
    Waits,
    /// Another process has it.
    Elsewhere,
}

async fn deliver_one(services: &Services, id: &str) -> Result<Outcome, Failure> {
    let now = services.clock.now();
    let mut tx = services.store.begin().await?;
    let claimed = outbox::claim(&mut *tx, id, now, now.plus_s(CLAIM_S)).await?;
    tx.commit().await?;
    let Some(claimed) = claimed else { return Ok(Outcome::Elsewhere) };
    if claimed.kind == FEIGNED {
        return drop_it(services, id).await;
    }
    if claimed.expires_at <= now {
        tracing::warn!(mail = id, kind = claimed.kind, "A mail was dropped: it is of no use any more.");
        return drop_it(services, id).await;
    }
    match services.mail_transport.take(parcel(services, &claimed, now)?).await {
        Ok(()) => {
            let mut tx = services.store.begin().await?;
            outbox::delivered(&mut *tx, id, services.clock.now()).await?;
            tx.commit().await?;
            tracing::info!(mail = id, kind = claimed.kind, tries = claimed.tries, "A mail was delivered.");
            Ok(Outcome::Delivered)
        }
        Err(Delay::Later(reason)) => wait(services, &claimed, &reason).await,
        Err(Delay::Never(reason)) => {
            tracing::error!(mail = id, kind = claimed.kind, reason, "A mail was dropped: it was refused for good.");
            drop_it(services, id).await
        }
    }
}

fn parcel(services: &Services, claimed: &Claimed, now: Timestamp) -> Result<Parcel, Failure> {
    let opened = services.keys.open(place(&claimed.id), &claimed.sealed_message)?;
    let letter = serde_json::from_slice(&opened).map_err(|cause| Failure::Broken(cause.into()))?;
    Ok(Parcel { id: claimed.id.clone(), letter, now, expires_at: claimed.expires_at })
}

async fn wait(services: &Services, claimed: &Claimed, reason: &str) -> Result<Outcome, Failure> {
    let pause_s = pause_s(claimed.tries)?;
    tracing::warn!(
        mail = claimed.id,
        kind = claimed.kind,
        tries = claimed.tries,
        pause_s,
        reason,
        "A mail has to wait."
    );
    let mut tx = services.store.begin().await?;
    outbox::postpone(&mut *tx, &claimed.id, services.clock.now().plus_s(pause_s)).await?;
    tx.commit().await?;
    Ok(Outcome::Waits)
}

async fn drop_it(services: &Services, id: &str) -> Result<Outcome, Failure> {
    let mut tx = services.store.begin().await?;
    outbox::drop(&mut *tx, id, services.clock.now()).await?;
    tx.commit().await?;
    Ok(Outcome::Dropped)
}

/// Twice as long after each try, and somewhere in its second half: messages that failed together
/// do not come back together.
fn pause_s(tries: i64) -> Result<i64, Failure> {
    let (first, longest) = PAUSES_S;
    let doublings = u32::try_from(tries.saturating_sub(1).clamp(0, 10)).unwrap_or(10);
    let whole = first.saturating_mul(1 << doublings).min(longest);
    let chance = i64::from(u16::from_le_bytes(random::<2>()?));
    Ok(whole / 2 + chance * (whole - whole / 2) / i64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::pause_s;

    #[test]
    fn pauses_double_up_to_five_minutes_and_differ() {
        for (tries, whole) in [(1, 10), (2, 20), (3, 40), (5, 160), (6, 300), (7, 300), (1000, 300)] {
            for _ in 0..50 {
                assert!((whole / 2..=whole).contains(&pause_s(tries).unwrap()), "{tries}");
            }
        }
        let pauses: std::collections::HashSet<i64> = (0..50).map(|_| pause_s(6).unwrap()).collect();
        assert!(pauses.len() > 5, "jitter");
    }
}
