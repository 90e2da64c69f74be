//! All SQL: records beside their queries. Knows no rule; one text serves SQLite and PostgreSQL.

pub mod accounts;
pub mod audit_chain;
pub mod authenticators;
pub mod copy;
pub mod departures;
pub mod devices;
pub mod digest_keys;
pub mod enrolments;
pub mod events;
pub mod exchange;
pub mod guards;
mod health;
mod in_use;
pub mod limits;
pub mod link_requests;
pub mod one_time_tokens;
pub mod outbox;
pub mod pending_logins;
pub mod people;
mod pool;
pub mod recovery_codes;
pub mod restored;
pub mod sealed;
pub mod sessions;
pub mod signing_keys;
pub mod sweep;
mod upgrade;
mod write_tx;

pub use health::{Health, Unready};
pub use in_use::InUse;
pub use pool::{Backend, Store, sqlite_file};
pub use upgrade::{Standing, standing};
pub use write_tx::WriteTx;
