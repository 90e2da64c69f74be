//! The life of an account.

mod email_change;
mod register;
mod update;
mod verify;

pub use email_change::{EmailChange, begin as begin_email_change};
pub use register::{Rank, Registration, add, register};
pub use update::{OwnChanges, update_own};
pub use verify::{Opened, ask_verification, claim, link_state, verify, verify_opened};
