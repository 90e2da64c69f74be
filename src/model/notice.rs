//! What was done, told once on the page that follows: a closed list, as problems are.

use serde::{Deserialize, Serialize};

/// Good news. The sentence is chosen where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    Registered,
    PasswordChanged,
    /// A new account waits for its confirmation, or an owner was told: one text for both.
    CheckMail,
    LinkSent,
    /// By a link; nobody is signed in by that.
    PasswordSet,
    EmailVerified,
    EmailChangeAsked,
    EmailChangeUndone,
    SecondFactorRemoved,
    SessionEnded,
    OtherSessionsEnded,
    /// "This wasn't me": signed out everywhere, a link to a new password is on its way.
    EverythingEnded,
    Left,
}
