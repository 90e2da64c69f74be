//! The second factor: time-based codes (RFC 6238) and the recovery codes that stand in for them.

mod check;
mod code;
mod enrol;
mod qr;
pub mod recovery_codes;

pub use check::{Checked, check, is_enrolled, is_settled};
pub use code::{Code, Moment, Secret};
pub use enrol::{Enrolment, clock_problem, confirm, may_replace, prepare, show};
