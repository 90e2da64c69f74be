//! Slowing down guesses: how much may be tried, by whom, and who is never kept out. The rules on
//! one page: docs/throttling.md.

pub mod codes;
mod counter;
pub mod guesses;
pub mod known_devices;
pub mod requests;
mod rule;
mod source;

pub use counter::{Refusal, sweep};
pub use rule::{Rule, Wait};
pub use source::source;
