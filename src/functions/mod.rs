//! Server functions: the only bridge between the two builds. They decide nothing.

pub mod account;
pub mod activity;
pub mod dashboard;
pub mod login;
pub mod recover;
pub mod recovery_codes;
pub mod register;
pub mod security;
pub mod sessions;
pub mod totp;
