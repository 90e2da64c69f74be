//! All SQL: records beside their queries. Knows no rule; one text serves SQLite and PostgreSQL.

pub mod accounts;
pub mod authenticators;
pub mod enrolments;
pub mod events;
pub mod guards;
pub mod pending_logins;
mod pool;
pub mod recovery_codes;
pub mod sessions;

pub use pool::{Backend, Store, WriteTx};
