//! Passwords: what is accepted, and hashing in a lane of its own.

pub mod change;
mod hash;
mod implementation;
mod known;
mod lane;
mod list;
pub mod policy;
mod pulse;
pub mod reset;

pub use hash::{HashParams, Workspace};
pub use implementation::{Choice, Implementation};
pub use lane::{HashLane, LaneFigures, Priority, Verdict};
pub use list::PasswordList;
