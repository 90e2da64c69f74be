//! Walking the chain: is every event what it was when it was chained?

use super::head::{self, Head, Kept};
use super::proof::{self, Keys, Personal};
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::KeyError;
use crate::server::sealing;
use crate::server::services::Services;
use crate::server::store::audit_chain::{self, Cursor, Entry, Link};

/// Links read at once.
const PAGE: i64 = 500;

/// What a walk found.
#[derive(Debug)]
pub struct Report {
    /// Where the chain ends, as far as it was walked.
    pub head: Head,
    /// The newest events, which wait to be chained.
    pub waiting: Vec<Waiting>,
    /// The first thing that is wrong.
    pub fault: Option<Fault>,
}

/// An event that is not chained yet.
#[derive(Debug)]
pub struct Waiting {
    pub id: String,
    pub at: Timestamp,
}

/// Something wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The position in the chain, if it is of one link.
    pub position: Option<i64>,
    /// The id of the event, if it is of one; whatever stands in the database.
    pub event: Option<String>,
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    LinkRemoved,
    EventRemoved,
    EventEdited,
    /// The event is genuine, but it was not chained here.
    OrderChanged,
    /// An event of before proofs, of which no more can be told.
    Changed,
    AddressEdited,
    AddressRemoved,
    /// Not written by a server of ours.
    EventInserted,
    /// Fewer links than the head says.
    EndCutOff,
    HeadEdited,
    /// Chained under a key that the database does not have.
    KeyMissing,
    /// The chain does not hold the head that was kept elsewhere.
    OtherHistory,
}

/// Walks the whole chain; with `expected`, a head kept elsewhere, also asks whether it is a part of it.
pub async fn verify(services: &Services, expected: Option<&Head>) -> Result<Report, Failure> {
    let keys = sealing::audit_keys(services).await?;
    let mut walk = Walk { keys, expected, head: Head::default() };
    let fault = walk.whole(services).await?;
    let (waiting, inserted) = walk.waiting(services).await?;
    Ok(Report { head: walk.head, waiting, fault: fault.or(inserted) })
}

struct Walk<'a> {
    keys: Keys,
    expected: Option<&'a Head>,
    head: Head,
}

impl Walk<'_> {
    async fn whole(&mut self, services: &Services) -> Result<Option<Fault>, Failure> {
        loop {
            // The head first: what it counts is there already, and more may have come since.
            let kept = head::find(services.store.read(), &self.keys).await?;
            let before = self.head.count;
            if let Some(fault) = self.as_far_as_it_goes(services).await? {
                return Ok(Some(fault));
            }
            let is_same = kept == Kept::Head(self.head.clone());
            // Nothing more to walk, and still another end than the head says.
            if is_same || before == self.head.count {
                return Ok(self.judge(&kept).or_else(|| self.miss_expected()));
            }
        }
    }

    async fn as_far_as_it_goes(&mut self, services: &Services) -> Result<Option<Fault>, Failure> {
        loop {
            let links = audit_chain::links(services.store.read(), self.head.count, PAGE).await?;
            for link in &links {
                if let Some(wrong) = self.step(link)? {
                    let (position, event) = match wrong {
                        Wrong::LinkRemoved => (self.head.count + 1, None),
                        _ => (link.position, Some(link.entry.id.clone())),
                    };
                    return Ok(Some(Fault { position: Some(position), event, wrong }));
                }
            }
            if links.is_empty() {
                return Ok(None);
            }
        }
    }

    /// One link further, or what is wrong with it.
    fn step(&mut self, link: &Link) -> Result<Option<Wrong>, KeyError> {
        if link.position != self.head.count + 1 {
            return Ok(Some(Wrong::LinkRemoved));
        }
        if link.found.is_none() {
            return Ok(Some(Wrong::EventRemoved));
        }
        let Some(key) = self.keys.get(&link.key_number) else { return Ok(Some(Wrong::KeyMissing)) };
        let (entry, old_digest) = (&link.entry, link.old_digest.as_deref());
        let hash = proof::link_hash(key, &self.head.hash, link.position, (entry, old_digest))?;
        if hash != link.hash {
            return Ok(Some(match old_digest {
                Some(_) => Wrong::Changed,
                None if proof::is_ours(&self.keys, entry)? => Wrong::OrderChanged,
                None => Wrong::EventEdited,
            }));
        }
        self.head = Head { count: link.position, hash };
        if self.expected.is_some_and(|head| head.count == self.head.count && *head != self.head) {
            return Ok(Some(Wrong::OtherHistory));
        }
        Ok(match proof::personal(entry, old_digest.unwrap_or(&entry.origin_digest))? {
            Personal::AsWritten | Personal::Erased => None,
            Personal::Edited => Some(Wrong::AddressEdited),
            Personal::Removed => Some(Wrong::AddressRemoved),
        })
    }

    fn judge(&self, kept: &Kept) -> Option<Fault> {
        let wrong = match kept {
            Kept::Nothing if self.head.count == 0 => return None,
            Kept::Head(head) if *head == self.head => return None,
            Kept::Head(head) if head.count > self.head.count => Wrong::EndCutOff,
            Kept::Nothing | Kept::Head(_) | Kept::Foreign => Wrong::HeadEdited,
        };
        let position = (wrong == Wrong::EndCutOff).then_some(self.head.count + 1);
        Some(Fault { position, event: None, wrong })
    }

    fn miss_expected(&self) -> Option<Fault> {
        let missed = self.expected.filter(|head| head.count > self.head.count)?;
        Some(Fault { position: Some(missed.count), event: None, wrong: Wrong::OtherHistory })
    }

    /// The events that wait, and the first of them that is not ours.
    async fn waiting(&self, services: &Services) -> Result<(Vec<Waiting>, Option<Fault>), Failure> {
        let is_young = audit_chain::is_young(services.store.read()).await?;
        let (mut waiting, mut fault) = (Vec::new(), None);
        let mut after = Cursor { at: i64::MIN, nth: i64::MIN, id: String::new() };
        loop {
            let page = audit_chain::unchained(services.store.read(), &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok((waiting, fault)) };
            after = Cursor { at: last.at, nth: last.nth, id: last.id.clone() };
            for entry in page {
                match self.judge_waiting(&entry, is_young)? {
                    Some(wrong) => {
                        fault = fault.or(Some(Fault { position: None, event: Some(entry.id), wrong }));
                    }
                    None => waiting.push(Waiting { id: entry.id, at: Timestamp::from(entry.at) }),
                }
            }
        }
    }

    fn judge_waiting(&self, entry: &Entry, is_young: bool) -> Result<Option<Wrong>, KeyError> {
        if entry.proof.is_empty() && is_young {
            return Ok(None);
        }
        if !proof::is_ours(&self.keys, entry)? {
            return Ok(Some(Wrong::EventInserted));
        }
        Ok(match proof::personal(entry, &entry.origin_digest)? {
            Personal::AsWritten | Personal::Erased => None,
            Personal::Edited => Some(Wrong::AddressEdited),
            Personal::Removed => Some(Wrong::AddressRemoved),
        })
    }
}
