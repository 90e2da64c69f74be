//! The keys of this database: found or made at the start.

mod digest_keys;
mod unlock;

pub use digest_keys::{audit_keys, place as place_of_digest_key};
pub use unlock::unlock;
