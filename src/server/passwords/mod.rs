//! Passwords: what is accepted, and hashing in a lane of its own.

mod hash;
mod lane;
pub mod policy;

pub use hash::HashParams;
pub use lane::{HashLane, Priority, Verdict};
