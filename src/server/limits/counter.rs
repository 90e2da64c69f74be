//! Counters in the database. An attempt is counted before it is looked at, in a transaction that
//! holds its counters: of any number of parallel attempts no more pass than the rule lets.

use super::rule::{Rule, Wait};
use super::source::source;
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::limits::{self as store, Count};
use crate::server::store::{accounts, devices, events};
use sqlx::AnyConnection;

/// More counters of a kind are not made; who is new then shares one with others.
const MOST_COUNTERS: i64 = 100_000;
/// A refusal is written down once in this time, not for each request.
const NEWS_S: i64 = 15 * 60;
/// Most counters that are forgotten at a time.
const SWEEP: i64 = 1000;

/// One counter and the rule it keeps.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    pub kind: &'static str,
    pub of: Whom,
    pub rule: Rule,
}

/// Whom a counter counts.
#[derive(Clone, Debug)]
pub(super) enum Whom {
    /// There are only so many of them.
    Known(String),
    /// Anybody: counts with `crowd` where there are too many counters.
    Anybody { who: String, crowd: String },
    /// All of a crowd that came when there were too many.
    Crowd(String),
}

impl Whom {
    /// Whoever sends from `address`.
    pub fn sender(address: &str) -> Self {
        Self::Anybody { who: source(address), crowd: String::new() }
    }

    /// Whoever has a mail address, by its keyed digest. One crowd of 4096: who floods us with addresses meets a
    /// stranger's only now and then.
    pub fn addressee(digest: String) -> Self {
        let crowd = digest.chars().take(2).collect();
        Self::Anybody { who: digest, crowd }
    }
}

/// An attempt that may not be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub wait: Wait,
    /// Nobody has been told for a while: worth an event.
    pub is_news: bool,
}

impl Refusal {
    /// Seconds to wait, where time helps.
    pub fn wait_s(&self) -> Option<u32> {
        match self.wait {
            Wait::For(seconds) => Some(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)),
            Wait::ForGood => None,
        }
    }
}

impl Counter {
    pub fn name(&self) -> String {
        match &self.of {
            Whom::Known(who) | Whom::Anybody { who, .. } => format!("{}:{who}", self.kind),
            Whom::Crowd(crowd) => format!("{}:crowd {crowd}", self.kind),
        }
    }
}

/// Counts an attempt with every counter, or with none of them if one refuses; returns those that
/// counted it. Ask for counters in the same order of kinds everywhere: each waits for the one before.
pub(super) async fn take<const N: usize>(
    services: &Services,
    mut counters: [Counter; N],
) -> Result<Result<[Counter; N], Refusal>, Failure> {
    let now = services.clock.now();
    // A look without a lock first: a flood of refused attempts writes nothing and waits for nobody.
    for counter in &mut counters {
        let Some(count) = look(services, counter).await? else { continue };
        if let Err(wait) = counter.rule.count(count, now) {
            return Ok(Err(refusal(services, counter, count, wait).await?));
        }
    }
    let mut tx = services.store.begin().await?;
    match take_in(&mut tx, &counters, now).await? {
        Ok(()) => {
            tx.commit().await?;
            Ok(Ok(counters))
        }
        Err((counter, count, wait)) => {
            drop(tx);
            Ok(Err(refusal(services, counter, count, wait).await?))
        }
    }
}

/// The same within a transaction, which must be dropped if one refuses.
pub(super) async fn take_in<'a>(
    db: &mut AnyConnection,
    counters: &'a [Counter],
    now: Timestamp,
) -> Result<Result<(), (&'a Counter, Count, Wait)>, Failure> {
    for counter in counters {
        let name = counter.name();
        let count = store::lock(&mut *db, &name, counter.kind).await?;
        let next = match counter.rule.count(count, now) {
            Ok(next) => next,
            Err(wait) => return Ok(Err((counter, count, wait))),
        };
        advance(&mut *db, counter, (count, next), now).await?;
    }
    Ok(Ok(()))
}

/// What a refusal is answered with. Writes at most once in a while, and where a clock was set back.
pub(super) async fn refusal(
    services: &Services,
    counter: &Counter,
    count: Count,
    wait: Wait,
) -> Result<Refusal, Failure> {
    services.metrics.throttled.add([counter.kind]);
    let now = services.clock.now();
    if !is_news(count, now) && counter.rule.settle(count, now) == count {
        return Ok(Refusal { wait, is_news: false });
    }
    let mut tx = services.store.begin().await?;
    let count = store::lock(&mut *tx, &counter.name(), counter.kind).await?;
    let is_news = is_news(count, now);
    let mut next = counter.rule.settle(count, now);
    if is_news {
        next.told_until = now.seconds() + NEWS_S;
    }
    advance(&mut tx, counter, (count, next), now).await?;
    tx.commit().await?;
    if is_news {
        tracing::warn!(kind = counter.kind, ?wait, "Attempts are refused for a while.");
    }
    Ok(Refusal { wait, is_news })
}

/// Takes an attempt back that turned out to be no failure.
pub(super) async fn give_back_in(db: &mut AnyConnection, counter: &Counter, now: Timestamp) -> Result<(), Failure> {
    let count = store::lock(&mut *db, &counter.name(), counter.kind).await?;
    let next = counter.rule.take_back(count, now);
    advance(db, counter, (count, next), now).await
}

async fn advance(
    db: &mut AnyConnection,
    counter: &Counter,
    (before, after): (Count, Count),
    now: Timestamp,
) -> Result<(), Failure> {
    let forget_at = counter.rule.forget_at(after, now);
    let is_done = store::advance(db, &counter.name(), before, after, forget_at).await?;
    if is_done { Ok(()) } else { Err(Failure::broken("a counter moved under its lock")) }
}

fn is_news(count: Count, now: Timestamp) -> bool {
    count.told_until <= now.seconds() || count.told_until > now.seconds() + NEWS_S
}

/// What a counter stands at. Where it is a new one and there are too many, it becomes its crowd's.
async fn look(services: &Services, counter: &mut Counter) -> Result<Option<Count>, Failure> {
    let found = store::find(services.store.read(), &counter.name()).await?;
    let Whom::Anybody { crowd, .. } = &counter.of else { return Ok(found) };
    if found.is_some() || store::count(services.store.read(), counter.kind).await? < MOST_COUNTERS {
        return Ok(found);
    }
    counter.of = Whom::Crowd(crowd.clone());
    Ok(store::find(services.store.read(), &counter.name()).await?)
}

/// Forgets devices that are over, what was written for nobody, and counters that say no more than none would; true if
/// there may be more.
pub async fn sweep(services: &Services) -> Result<bool, Failure> {
    let now = services.clock.now();
    let over = store::over(services.store.read(), now, SWEEP).await?;
    let is_full = i64::try_from(over.len()).is_ok_and(|count| count == SWEEP);
    for name in over {
        // One at a time: who holds one counter and waits for another must not wait for us in a circle.
        let mut tx = services.store.begin().await?;
        store::delete_over(&mut *tx, &name, now).await?;
        tx.commit().await?;
    }
    let mut tx = services.store.begin().await?;
    devices::delete_expired(&mut *tx, now).await?;
    accounts::delete_nobodys(&mut *tx, now).await?;
    let nobodys = events::delete_nobodys(&mut *tx, now, SWEEP).await?;
    tx.commit().await?;
    Ok(is_full || i64::try_from(nobodys) == Ok(SWEEP))
}
