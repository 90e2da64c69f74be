//! One screen per file, named after its path.

pub mod dashboard;
pub mod login;
pub mod recovery_codes;
pub mod register;
pub mod tfa;
pub mod totp_setup;
pub mod trouble;
