//! The life of an account.

mod email_change;
mod leave;
mod link_requests;
mod my_data;
mod not_me;
mod register;
mod security;
pub mod superusers;
mod update;
mod verify;

pub use email_change::{
    EmailChange, ask as ask_email_change, begin as begin_email_change, cancel as cancel_email_change,
};
pub use leave::{delete_left, leave};
pub use link_requests::{LinkTo, answer_requests, ask_link};
pub use my_data::my_data;
pub use not_me::{not_me, not_me_by_link, undo_email_change};
pub use register::{Rank, Registration, add, register};
pub use security::{change_password, security};
pub use update::{OwnChanges, update_own};
pub use verify::{Opened, claim, link_state, verify, verify_opened};
