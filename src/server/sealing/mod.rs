//! The keys of this database: found or made at the start, and changed while servers run. What to do
//! when: docs/keys.md.

mod digest_keys;
mod reencrypt;
mod rotate;
mod unlock;
mod versions;

pub use digest_keys::audit_keys;
pub use reencrypt::{Resealed, reencrypt};
pub use rotate::{add_version, drop_old};
pub use unlock::unlock;
pub use versions::{InUse, fits, follow, in_use};
