//! Secrets at rest: the master key, what is derived from it, random tokens and their digests.

mod digest;
mod master;
mod ring;
mod seals;
mod token;

pub use digest::DigestKey;
pub use master::{MasterKey, MasterKeys, Turn};
pub use ring::{AuditKey, DigestKeys, KeyRing};
pub use seals::{Place, Seals, fingerprint, first_digest_keys};
pub use token::{Token, random};

use thiserror::Error;

/// What went wrong with a key.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    #[error("a sealed value could not be opened: it was changed, moved or sealed under another key")]
    NotOurs,
    #[error("a value is sealed under version {0} of the master key, which is not in the key file")]
    UnknownVersion(u32),
    #[error("a key could not be derived")]
    Underivable,
}
