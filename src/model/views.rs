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
    /// What ends it by name.
    pub name: String,
    /// True for a token of the API rather than a browser.
    pub is_app: bool,
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
    /// Guesses were refused unseen, told once in a while.
    Throttled,
    SecondFactorOn,
    RecoveryCodesMade,
    LoggedOut,
    /// A link for a new password was asked for, by whoever.
    ResetAsked,
    PasswordChanged,
    EmailVerified,
    EmailChanged,
    /// A superuser or the operator switched the account or its rights.
    AccessChanged,
    SecondFactorReset,
    /// Proved once more who they are.
    Confirmed,
    /// Ended one of their sessions.
    SessionEnded,
    OtherSessionsEnded,
    SecondFactorReplaced,
    SecondFactorOff,
    EmailChangeAsked,
    /// The old address took the change back.
    EmailChangeUndone,
    /// Said that something was not their doing; every session was ended.
    NotMe,
    /// Asked for the account to be deleted.
    Left,
    /// Logged in before it was.
    CameBack,
    Deleted,
}

/// The answers of the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashboardView {
    /// The address has to be confirmed, and is not.
    pub owes_verification: bool,
    pub has_second_factor: bool,
    pub recovery_codes_left: i64,
    pub recovery_codes: RecoveryCodes,
    /// The newest log-in but the one of this session.
    pub last_login: Option<EventLine>,
    pub sessions: Vec<SessionLine>,
    pub events: Vec<EventLine>,
    pub now: Timestamp,
}

/// How the account is protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityView {
    pub email: String,
    pub is_verified: bool,
    /// An address that waits for its confirmation.
    pub new_email: Option<String>,
    /// `None` where it is still the first one.
    pub password_changed_at: Option<Timestamp>,
    pub has_second_factor: bool,
    pub recovery_codes_left: i64,
    pub recovery_codes: RecoveryCodes,
    pub now: Timestamp,
}

/// Where the account is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsView {
    pub sessions: Vec<SessionLine>,
    pub now: Timestamp,
}

/// A part of the history of the account, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    pub events: Vec<EventLine>,
    /// Where the part before this one begins, if there is one.
    pub older: Option<i64>,
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
