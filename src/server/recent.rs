//! What was found out in the running second, so that a client in a hurry costs one signature
//! check and one query a second, not one of each per request.
//!
//! What is kept is dropped at the next second of our clock and at the next change that this
//! process makes, whichever it is. Within that time nothing an answer is made of can differ from
//! the database but by what another process wrote: that acts a second later at most.

use crate::model::Timestamp;
use crate::server::services::Services;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const LIFETIME: Duration = Duration::from_secs(1);

/// SHA-256 of what was shown: memory need not hold what opens a session.
pub type Key = [u8; 32];

/// When something is read or asked for.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    second: Timestamp,
    changes: u64,
    /// The clock may be set back; this one never goes back.
    instant: Instant,
}

impl Moment {
    /// To be taken before the database is asked: what is changed meanwhile is then not kept.
    pub fn now(services: &Services) -> Self {
        Self { second: services.clock.now(), changes: services.store.changes(), instant: Instant::now() }
    }

    fn covers(&self, asked: &Self) -> bool {
        self.second == asked.second
            && self.changes == asked.changes
            && asked.instant.saturating_duration_since(self.instant) < LIFETIME
    }
}

/// Things found in this second, by what they were found with; at most `MOST` of them.
pub struct Recent<T, const MOST: usize>(Mutex<Kept<T>>);

struct Kept<T> {
    since: Option<Moment>,
    found: HashMap<Key, T>,
}

impl<T, const MOST: usize> Default for Recent<T, MOST> {
    fn default() -> Self {
        Self(Mutex::new(Kept { since: None, found: HashMap::new() }))
    }
}

impl<T: Clone, const MOST: usize> Recent<T, MOST> {
    /// What `key` found, if nothing can have changed since, and since when that is known.
    pub fn find(&self, key: &Key, asked: &Moment) -> Option<(T, Moment)> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = kept.since.filter(|since| since.covers(asked))?;
        Some((kept.found.get(key)?.clone(), since))
    }

    /// Keeps what was read at or after `read`; whatever is older goes.
    pub fn keep(&self, key: Key, read: Moment, found: T) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut kept.since {
            // The oldest of them says how long all of them last.
            Some(since) if since.covers(&read) => since.instant = since.instant.min(read.instant),
            _ => *kept = Kept { since: Some(read), found: HashMap::new() },
        }
        if kept.found.len() < MOST {
            kept.found.insert(key, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Few = Recent<&'static str, 3>;

    fn moment(second: i64, changes: u64, instant: Instant) -> Moment {
        Moment { second: Timestamp::from(second), changes, instant }
    }

    #[test]
    fn something_is_remembered_for_its_second_until_a_change() {
        let (recent, start) = (Few::default(), Instant::now());
        recent.keep([1; 32], moment(7, 3, start), "found");
        let is_kept = |second, changes, later_ms| {
            recent.find(&[1; 32], &moment(second, changes, start + Duration::from_millis(later_ms))).is_some()
        };
        assert!(is_kept(7, 3, 0) && is_kept(7, 3, 999));
        assert!(!is_kept(8, 3, 1), "the next second");
        assert!(!is_kept(7, 4, 1), "a change");
        assert!(!is_kept(7, 3, 1000), "a clock set back");
        assert!(recent.find(&[2; 32], &moment(7, 3, start)).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_never_found_after_it() {
        let (recent, start) = (Few::default(), Instant::now());
        recent.keep([1; 32], moment(7, 4, start), "new");
        recent.keep([2; 32], moment(7, 3, start), "old");
        for key in [[1; 32], [2; 32]] {
            assert!(recent.find(&key, &moment(7, 4, start)).is_none());
        }
    }

    #[test]
    fn what_is_made_of_something_remembered_lasts_no_longer_than_it() {
        let (recent, start) = (Few::default(), Instant::now());
        let later = |ms| moment(7, 3, start + Duration::from_millis(ms));
        recent.keep([1; 32], later(500), "another");
        recent.keep([2; 32], later(0), "made of what was read first");
        assert!(recent.find(&[2; 32], &later(999)).is_some());
        assert!(recent.find(&[2; 32], &later(1000)).is_none());
    }

    #[test]
    fn a_flood_fills_no_memory() {
        let (recent, now) = (Few::default(), moment(7, 3, Instant::now()));
        for number in 0..=3 {
            recent.keep([number; 32], now, "found");
        }
        assert!(recent.find(&[2; 32], &now).is_some());
        assert!(recent.find(&[3; 32], &now).is_none());
    }
}
