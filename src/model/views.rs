//! What the pages show: plain data without secrets that are not meant for the person reading.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A device in words, as far as its `User-Agent` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub browser: String,
    pub system: String,
}

/// A place where the account is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    pub device: Device,
    pub address: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub is_this_one: bool,
}

/// Something that happened to the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    pub kind: EventKind,
    pub at: Timestamp,
    pub device: Device,
    pub address: String,
}

/// What can happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    Registered,
    LoggedIn,
    LoggedInWithRecoveryCode,
    PasswordRefused,
    CodeRefused,
    SecondFactorOn,
    RecoveryCodesMade,
    LoggedOut,
    PasswordChanged,
    EmailVerified,
    EmailChanged,
    /// A superuser or the operator switched the account or its rights.
    AccessChanged,
    SecondFactorReset,
}

/// The answers of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    pub has_second_factor: bool,
    pub recovery_codes_left: i64,
    pub recovery_codes: RecoveryCodes,
    /// The newest log-in but the one of this session.
    pub last_login: Option<EventLine>,
    pub sessions: Vec<SessionLine>,
    pub events: Vec<EventLine>,
    pub now: Timestamp,
}

/// Whether the owner is known to have kept the recovery codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryCodes {
    /// One was typed back.
    Confirmed,
    /// None was typed back yet, and this session can still look at them.
    ToConfirm,
    /// None was typed back in time: they cannot be seen again.
    Lost,
}

/// An authenticator to be set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentView {
    /// `<svg>` drawn here; it holds digits and path commands only.
    pub qr_svg: String,
    /// The key in Base32, grouped by four.
    pub key: String,
    pub uri: String,
}

/// Ten fresh recovery codes, to be shown until one of them is typed back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoverySheetView {
    pub codes: Vec<String>,
    pub email: String,
    pub made_at: Timestamp,
}
