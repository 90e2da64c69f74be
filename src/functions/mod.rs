//! Server functions: the only bridge between the two builds. They decide nothing.

pub mod dashboard;
pub mod login;
pub mod recover;
pub mod recovery_codes;
pub mod register;
pub mod totp;
