//! All SQL: records beside their queries. Knows no rule; one text serves SQLite and PostgreSQL.
//!
//! Statements of every request say `LIMIT CAST($1 AS BIGINT)`: SQLite looks at a bare parameter there
//! to choose its plan, and so compiles the statement anew at each use.

pub mod accounts;
pub mod audit_chain;
pub mod authenticators;
mod changes;
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
mod reader;
mod readers;
pub mod recovery_codes;
pub mod restored;
pub mod sealed;
pub mod sessions;
pub mod signing_keys;
pub mod sweep;
mod upgrade;
mod write_tx;
mod writer;

pub use health::{Health, Unready};
pub use in_use::InUse;
pub use pool::{Backend, Store, sqlite_file};
pub use reader::Reader;
pub use upgrade::{Standing, standing};
pub use write_tx::WriteTx;
