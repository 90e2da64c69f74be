//! The access tokens of this second, so that a busy client costs one signature check and one
//! query a second, not one of each per request.
//!
//! What is kept is dropped at the next second of our clock and at the next change that this
//! process makes, whichever it is. Within that time nothing an answer is made of can differ from
//! the database but by what another process wrote: that acts a second later at most.

use super::Session;
use crate::model::Timestamp;
use crate::server::services::Services;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// More are not kept: a bound of some 4 MiB.
const MOST: usize = 4096;
const LIFETIME: Duration = Duration::from_secs(1);

/// Digest of a token: memory need not hold what opens a session.
pub(super) type TokenDigest = [u8; 32];

/// The digest of an access token.
pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}

/// When something is read or asked for.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    second: Timestamp,
    changes: u64,
    /// The clock may be set back; this one never goes back.
    instant: Instant,
}

impl Moment {
    /// To be taken before the database is asked: what is changed meanwhile is then not kept.
    pub(super) fn now(services: &Services) -> Self {
        Self { second: services.clock.now(), changes: services.store.changes(), instant: Instant::now() }
    }

    fn covers(&self, asked: &Self) -> bool {
        self.second == asked.second
            && self.changes == asked.changes
            && asked.instant.saturating_duration_since(self.instant) < LIFETIME
    }
}

/// Sessions by the tokens that name them.
#[derive(Default)]
pub struct RecentTokens(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    since: Option<Moment>,
    sessions: HashMap<TokenDigest, Session>,
}

impl RecentTokens {
    /// The session this token was found to name, if nothing can have changed since.
    pub(super) fn find(&self, token: &TokenDigest, asked: &Moment) -> Option<Session> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.since.filter(|since| since.covers(asked))?;
        kept.sessions.get(token).map(Session::again)
    }

    /// Keeps what was read at or after `read`; whatever is older goes.
    pub(super) fn keep(&self, token: TokenDigest, read: Moment, session: &Session) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.since.is_some_and(|since| since.covers(&read)) {
            *kept = Kept { since: Some(read), sessions: HashMap::new() };
        }
        if kept.sessions.len() < MOST {
            kept.sessions.insert(token, session.again());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AccountId;
    use crate::server::store::sessions::{LiveSession, Session as Row};

    fn session() -> Session {
        let at = Timestamp::from(0);
        let row = Row {
            digest: "d".into(),
            account_id: AccountId::from("a".to_owned()),
            created_at: at,
            last_seen_at: at,
            idle_s: 60,
            expires_at: at.plus_s(60),
            address: String::new(),
            agent: String::new(),
            kind: "jwt".into(),
            proved_at: at,
        };
        Session::of(LiveSession { session: row, email: "a@b.test".into(), verified_at: None, superuser_at: None })
    }

    fn moment(second: i64, changes: u64, instant: Instant) -> Moment {
        Moment { second: Timestamp::from(second), changes, instant }
    }

    #[test]
    fn a_token_is_remembered_for_its_second_until_a_change() {
        let (recent, start) = (RecentTokens::default(), Instant::now());
        let token = digest("token");
        recent.keep(token, moment(7, 3, start), &session());
        let is_kept = |second, changes, later_ms| {
            recent.find(&token, &moment(second, changes, start + Duration::from_millis(later_ms))).is_some()
        };
        assert!(is_kept(7, 3, 0) && is_kept(7, 3, 999));
        assert!(!is_kept(8, 3, 1), "the next second");
        assert!(!is_kept(7, 4, 1), "a change");
        assert!(!is_kept(7, 3, 1000), "a clock set back");
        assert!(recent.find(&digest("other"), &moment(7, 3, start)).is_none());
    }

    #[test]
    fn what_was_read_before_a_change_is_never_found_after_it() {
        let (recent, start) = (RecentTokens::default(), Instant::now());
        recent.keep(digest("new"), moment(7, 4, start), &session());
        recent.keep(digest("old"), moment(7, 3, start), &session());
        for token in ["new", "old"] {
            assert!(recent.find(&digest(token), &moment(7, 4, start)).is_none(), "{token}");
        }
    }

    #[test]
    fn a_flood_of_tokens_fills_no_memory() {
        let (recent, now) = (RecentTokens::default(), moment(7, 3, Instant::now()));
        for number in 0..=MOST {
            recent.keep(digest(&number.to_string()), now, &session());
        }
        assert!(recent.find(&digest("0"), &now).is_some());
        assert!(recent.find(&digest(&MOST.to_string()), &now).is_none());
    }
}
