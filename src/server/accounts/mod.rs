//! The life of an account.

mod register;

pub use register::{Registration, register};
