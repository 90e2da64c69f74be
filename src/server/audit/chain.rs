//! Chaining: fixes the order of events and what they say, within seconds of their being written.
//!
//! Events are not chained where they are written: on PostgreSQL those of transactions that run at
//! the same time become visible in any order, and every login would have to wait for the one before.

use super::head::{self, Head, Kept};
use super::proof::{self, Keys};
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::DigestKey;
use crate::server::sealing;
use crate::server::services::Services;
use crate::server::store::WriteTx;
use crate::server::store::audit_chain::{self, Cursor, Entry, NewLink};

/// Most events of one transaction: so few that nobody waits for the writer.
pub const BATCH: usize = 200;
/// Longer than any transaction takes: an event older than this is visible or never will be.
const SLOWEST_S: i64 = 30;
/// Everything is looked through this often: a clock that was set back puts events out of sight.
const THOROUGH_S: i64 = 60 * 60;

/// How far a process has looked for events to be chained.
pub struct Look {
    after: Cursor,
    began_at: Option<Timestamp>,
    /// Events of before proofs come first, and only once.
    is_past_old: bool,
    has_told: bool,
}

impl Look {
    /// Has seen nothing yet.
    pub fn new() -> Self {
        Self { after: behind(i64::MIN), began_at: None, is_past_old: false, has_told: false }
    }

    fn renew(&mut self, now: Timestamp) {
        let is_over = |began_at: Timestamp| began_at > now || began_at.plus_s(THOROUGH_S) <= now;
        if self.began_at.is_none_or(is_over) {
            *self = Self { began_at: Some(now), is_past_old: self.is_past_old, ..Self::new() };
        }
    }

    fn pass(&mut self, last: &Entry) {
        self.after = Cursor { at: last.at, nth: last.nth, id: last.id.clone() };
    }

    /// Everything is seen; what is still on its way may have begun a while ago.
    fn rest(&mut self, now: Timestamp) {
        self.after = behind(now.plus_s(-SLOWEST_S).seconds());
    }

    fn tell(&mut self, foreign: usize) {
        if foreign > 0 && !std::mem::replace(&mut self.has_told, true) {
            tracing::error!(events = foreign, "There are events that Sekisho did not write; run sekisho audit verify.");
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::new()
    }
}

fn behind(at: i64) -> Cursor {
    Cursor { at, nth: i64::MIN, id: String::new() }
}

/// Chains events that are not chained yet; tells how many it looked at, so zero means that there is
/// nothing left. Of several processes one chains at a time. Fails where the head is not ours.
pub async fn chain(services: &Services, look: &mut Look) -> Result<usize, Failure> {
    let now = services.clock.now();
    look.renew(now);
    // A question first: who has nothing to chain keeps no writer waiting.
    if audit_chain::unchained(services.store.read(), &look.after, 1).await?.is_empty() && look.is_past_old {
        look.rest(now);
        return Ok(0);
    }
    let keys = sealing::audit_keys(services).await?;
    let mut tx = services.store.begin().await?;
    let head = match head::lock(&mut tx, &keys).await? {
        Kept::Head(head) => head,
        Kept::Nothing => Head::default(),
        // To go on would bless whatever was done to it.
        Kept::Foreign => return Err(Failure::broken("the end of the chain of events was edited")),
    };
    let is_young = !look.is_past_old && audit_chain::is_young(&mut *tx).await?;
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let batch = if is_young {
        audit_chain::unchained_old(&mut *tx, &look.after, most).await?
    } else {
        audit_chain::unchained(&mut *tx, &look.after, most).await?
    };
    let Some(last) = batch.last() else {
        // With those of before proofs all chained, the others begin.
        (look.is_past_old, look.after) = (true, behind(i64::MIN));
        return Ok(usize::from(is_young));
    };
    let mut chaining = Chaining { tx, keys, head };
    let foreign = chaining.add(&batch, is_young).await?;
    // Where none was ours there is nothing to write down.
    if foreign < batch.len() {
        chaining.finish().await?;
    }
    look.is_past_old |= !is_young;
    look.pass(last);
    look.tell(foreign);
    Ok(batch.len())
}

/// Writes the end of the chain under the newest key: whoever knew the one before can no more move it.
pub async fn renew_head(services: &Services) -> Result<(), Failure> {
    let keys = sealing::audit_keys(services).await?;
    let mut tx = services.store.begin().await?;
    // What is not ours stays to be found.
    if let Kept::Head(head) = head::lock(&mut tx, &keys).await? {
        let (number, key) = newest(&keys)?;
        head.put(&mut tx, number, key).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A transaction that makes the chain longer.
struct Chaining {
    tx: WriteTx,
    keys: Keys,
    head: Head,
}

impl Chaining {
    /// Chains a batch; tells how many events of it were not ours.
    async fn add(&mut self, batch: &[Entry], is_young: bool) -> Result<usize, Failure> {
        let mut foreign = 0;
        for entry in batch {
            if is_young {
                let digest = self.old_digest(entry).await?;
                self.link(entry, Some(&digest)).await?;
            } else if proof::is_ours(&self.keys, entry)? {
                self.link(entry, None).await?;
            } else {
                foreign += 1;
            }
        }
        Ok(foreign)
    }

    async fn link(&mut self, entry: &Entry, old_digest: Option<&str>) -> Result<(), Failure> {
        let (number, key) = newest(&self.keys)?;
        let position = self.head.count + 1;
        let hash = proof::link_hash(key, &self.head.hash, position, (entry, old_digest))?;
        let new = NewLink { position, event: &entry.id, key_number: number, hash: &hash, old_digest };
        audit_chain::insert(&mut *self.tx, &new).await?;
        self.head = Head { count: position, hash };
        Ok(())
    }

    /// The digest of the personal part of an event that was written without; empty where it is erased.
    async fn old_digest(&mut self, entry: &Entry) -> Result<String, Failure> {
        let (Some(address), Some(agent)) = (&entry.address, &entry.agent) else { return Ok(String::new()) };
        let salt = DigestKey::new()?;
        let is_there = audit_chain::salt(&mut *self.tx, &entry.id, &salt.text()).await?;
        Ok(if is_there { salt.digest(&[address, agent])? } else { String::new() })
    }

    async fn finish(mut self) -> Result<(), Failure> {
        let (number, key) = newest(&self.keys)?;
        self.head.put(&mut self.tx, number, key).await?;
        Ok(self.tx.commit().await?)
    }
}

fn newest(keys: &Keys) -> Result<(i64, &DigestKey), Failure> {
    let newest = keys.last_key_value().map(|(number, key)| (*number, key));
    newest.ok_or_else(|| Failure::broken("there is no key of the history"))
}
