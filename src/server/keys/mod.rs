//! Secrets at rest: the master key, what is derived from it, random tokens and their digests.

mod master;
mod ring;
mod token;

pub use master::MasterKey;
pub use ring::{KeyError, KeyRing, Place};
pub use token::{Token, random};
