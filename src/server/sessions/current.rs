//! Who asks: the only place where the proof of a session or of a pending login is made.

use super::BROWSER;
use crate::model::{AccountId, Problem, Timestamp};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::recent::Moment;
use crate::server::services::Services;
use crate::server::store::pending_logins::{self, PendingLogin};
use crate::server::store::people::{self, Person};
use crate::server::store::sessions::{self, LiveSession};
use sqlx::AnyConnection;
use std::sync::Arc;
use std::time::Duration;

/// How fresh a login must be for sensitive changes.
const STEP_UP_S: i64 = 5 * 60;

/// How long a request waits to have it noted that its session was seen.
const NOTE_TIME: Duration = Duration::from_millis(250);

/// Proof of a full session. Domain functions take it as a parameter, so no check can be forgotten.
/// Not `Clone`, lest somebody keep one.
pub struct Session {
    found: Arc<LiveSession>,
    read_at: Moment,
}

impl Session {
    pub(super) fn of(found: Arc<LiveSession>, read_at: Moment) -> Self {
        Self { found, read_at }
    }

    /// What the proof was made of.
    pub(super) fn found(&self) -> Arc<LiveSession> {
        Arc::clone(&self.found)
    }

    /// When the database was asked for it.
    pub fn read_at(&self) -> Moment {
        self.read_at
    }

    /// Whose session it is.
    pub fn account(&self) -> &AccountId {
        &self.found.session.account_id
    }

    /// The address of that account.
    pub fn email(&self) -> &str {
        &self.found.email
    }

    /// The digest of its cookie.
    pub fn digest(&self) -> &str {
        &self.found.session.digest
    }

    /// When its owner logged in.
    pub fn created_at(&self) -> Timestamp {
        self.found.session.created_at
    }

    /// When it is over, whatever happens.
    pub fn expires_at(&self) -> Timestamp {
        self.found.session.expires_at
    }

    /// True for one that its owner wished to keep.
    pub(super) fn lasts_long(&self) -> bool {
        self.found.session.idle_s == super::LONG.0
    }

    /// Asked first in a transaction that builds on it: waits for changes of the account, and refuses
    /// with [`Problem::SignedOut`] if the session was ended meanwhile.
    pub async fn hold(&self, db: &mut AnyConnection) -> Result<(), Failure> {
        people::lock(&mut *db, self.account()).await?;
        let stands = sessions::exists(db, self.digest()).await?;
        if stands { Ok(()) } else { Err(Problem::SignedOut.into()) }
    }

    /// Refuses with [`Problem::LoginTooOld`] unless its owner proved who they are within five minutes,
    /// by logging in or since (ASVS 7.5.1).
    pub fn require_fresh_login(&self, services: &Services) -> Result<(), Problem> {
        let is_fresh = services.clock.now() <= self.found.session.proved_at.plus_s(STEP_UP_S);
        if is_fresh { Ok(()) } else { Err(Problem::LoginTooOld) }
    }

    /// Its owner, as of when the proof was made.
    pub fn person(&self) -> Person {
        Person {
            id: self.account().clone(),
            email: self.found.email.clone(),
            verified_at: self.found.verified_at,
            disabled_at: None,
            superuser_at: self.found.superuser_at,
        }
    }
}

/// Proof of a right password whose second factor is still missing.
pub struct Pending {
    pub(super) login: PendingLogin,
}

impl Pending {
    /// Whose login it is.
    pub fn account(&self) -> &AccountId {
        &self.login.account_id
    }

    /// The digest of its cookie.
    pub fn digest(&self) -> &str {
        &self.login.digest
    }

    /// True where a second factor has to be set up, false where its code is asked.
    pub fn owes_enrolment(&self) -> bool {
        self.login.step == "enrolment"
    }
}

/// The session that `token` opens, if it is alive. Writes `last_seen` at most once a minute.
pub async fn current(services: &Services, token: &Token) -> Result<Option<Session>, Failure> {
    live(services, &token.digest(), BROWSER).await
}

/// The live session of this digest and kind.
pub(super) async fn live(services: &Services, digest: &str, kind: &str) -> Result<Option<Session>, Failure> {
    let (now, read_at) = (services.clock.now(), Moment::now(services));
    let Some(found) = sessions::find_live(services.store.read(), digest, kind, now).await? else {
        return Ok(None);
    };
    if found.session.last_seen_at.plus_s(60) <= now {
        note_seen(services, digest, now).await;
    }
    Ok(Some(Session::of(Arc::new(found), read_at)))
}

/// Reading goes on where nothing can be written: then it is noted with a later request, or the session
/// ends for idleness.
async fn note_seen(services: &Services, digest: &str, now: Timestamp) {
    let noted = async {
        let mut tx = services.store.begin().await?;
        sessions::touch(&mut *tx, digest, now).await?;
        tx.commit().await
    };
    match tokio::time::timeout(NOTE_TIME, noted).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "It could not be noted that a session was seen."),
        Err(_) => tracing::debug!("It was not noted that a session was seen: others write."),
    }
}

/// The pending login that `token` stands for, if it is still open.
pub async fn pending(services: &Services, token: &Token) -> Result<Option<Pending>, Failure> {
    waiting(services, &token.digest(), BROWSER).await
}

/// The pending login of this digest and kind.
pub(super) async fn waiting(services: &Services, digest: &str, kind: &str) -> Result<Option<Pending>, Failure> {
    let found = pending_logins::find(services.store.read(), digest, kind, services.clock.now()).await?;
    Ok(found.map(|login| Pending { login }))
}
