//! The access tokens of this second.

use super::Session;
use crate::server::recent::{Key, Moment, Recent};
use crate::server::store::sessions::LiveSession;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Sessions by the tokens that name them; a bound of some 4 MiB.
#[derive(Default)]
pub struct RecentTokens(Recent<Arc<LiveSession>, 4096>);

/// The digest of an access token.
pub(super) fn digest(token: &str) -> Key {
    Sha256::digest(token.as_bytes()).into()
}

impl RecentTokens {
    /// The session this token was found to name, if nothing can have changed since.
    pub(super) fn find(&self, token: &Key, asked: &Moment) -> Option<Session> {
        self.0.find(token, asked).map(|(found, read)| Session::of(found, read))
    }

    /// Keeps what this token was found to name.
    pub(super) fn keep(&self, token: Key, session: &Session) {
        self.0.keep(token, session.read_at(), session.found());
    }
}
