//! All SQL: records beside their queries. Knows no rule; one text serves SQLite and PostgreSQL.

pub mod accounts;
pub mod audit_chain;
pub mod authenticators;
pub mod departures;
pub mod devices;
pub mod digest_keys;
pub mod enrolments;
pub mod events;
pub mod guards;
pub mod limits;
pub mod one_time_tokens;
pub mod outbox;
pub mod pending_logins;
pub mod people;
mod pool;
pub mod recovery_codes;
pub mod sealed;
pub mod sessions;
pub mod signing_keys;
pub mod sweep;
mod write_tx;

pub use pool::{Backend, Store};
pub use write_tx::WriteTx;
