//! Every key of a running server but those of tokens.

use super::{DigestKey, KeyError, Place, Seals};
use std::sync::{PoisonError, RwLock};
use zeroize::Zeroizing;

/// The keys of digests. The database keeps them sealed, so they outlive the master key they were
/// sealed under: nobody could make the digests of recovery codes anew.
pub struct DigestKeys {
    pub recovery_codes: DigestKey,
    pub limits: DigestKey,
    pub settings: DigestKey,
    pub audit: AuditKey,
}

/// The newest key of the history, and which one it is, counted from 1.
#[derive(Clone)]
pub struct AuditKey {
    pub number: i64,
    pub key: DigestKey,
}

/// Seals, opens and makes digests.
pub struct KeyRing {
    seals: Seals,
    recovery_codes: DigestKey,
    limits: DigestKey,
    settings: DigestKey,
    audit: RwLock<AuditKey>,
}

impl KeyRing {
    /// Puts them together.
    pub fn new(seals: Seals, digests: DigestKeys) -> Self {
        let DigestKeys { recovery_codes, limits, settings, audit } = digests;
        Self { seals, recovery_codes, limits, settings, audit: RwLock::new(audit) }
    }

    /// What seals and opens, under each version of the master key.
    pub fn seals(&self) -> &Seals {
        &self.seals
    }

    /// See [`Seals::seal`].
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<String, KeyError> {
        self.seals.seal(place, plain)
    }

    /// See [`Seals::open`].
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.seals.open(place, sealed)
    }

    /// The digest of a recovery code, bound to its account.
    pub fn recovery_code_digest(&self, account: &str, code: &str) -> Result<String, KeyError> {
        self.recovery_codes.digest_of(&[account.as_bytes(), b"\0", code.as_bytes()])
    }

    /// The digest of an address, under which guesses at its account are counted.
    pub fn limit_digest(&self, email_key: &str) -> Result<String, KeyError> {
        self.limits.digest_of(&[email_key.as_bytes()])
    }

    /// The digest of a setting: tells whether it was changed, and not what it is.
    pub fn setting_digest(&self, name: &str, value: &str) -> Result<String, KeyError> {
        self.settings.digest_of(&[name.as_bytes(), b"\0", value.as_bytes()])
    }

    /// What proves that this server wrote an event.
    pub fn audit_key(&self) -> AuditKey {
        self.audit.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Goes on with another key of the history, if it is newer.
    pub fn follow_audit_key(&self, newest: AuditKey) {
        let mut known = self.audit.write().unwrap_or_else(PoisonError::into_inner);
        if newest.number > known.number {
            *known = newest;
        }
    }
}
