//! Tokens that others hold: access tokens of the API and one-time tokens of mails.

pub mod access;
pub mod one_time;
mod signing_keys;

pub use signing_keys::{PublicKey, SigningKeys, make_first as make_first_key, rotate as rotate_keys};
