//! What is written to owners of accounts.

use crate::model::Timestamp;
use crate::server::config::PublicUrl;
use crate::server::keys::Token;
use crate::server::tokens::one_time::Purpose;

/// How long a message without a link is of use: a week, in seconds.
const WEEK_S: i64 = 7 * 24 * 60 * 60;

/// A message.
pub enum Message {
    VerifyEmail(Token),
    /// To the new address.
    ConfirmNewEmail(Token),
    ResetPassword(Token),
    /// Somebody tried to register the address of an account, where addresses are hidden.
    AlreadyRegistered,
    /// To be sent in the transaction that deletes the account, before the account is gone.
    AccountDeleted,
    /// Something happened that the owner should know of: [`super::notify`] makes it.
    Notice(SecurityNotice, Circumstances),
}

/// What an owner is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityNotice {
    PasswordChanged,
    /// To the old address; its link takes the change back.
    EmailChanged,
    NewDevice,
    SecondFactorOn,
    SecondFactorReplaced,
    SecondFactorRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    CodeUsedTwice,
    SuccessAfterFailures,
    /// The right password and three wrong codes.
    SecondFactorGuessed,
    /// In 14 days, unless somebody logs in.
    DeletionScheduled,
    /// By a superuser or the operator, as the four after it.
    SecondFactorReset,
    AccountDisabled,
    AccountEnabled,
    RightsGiven,
    RightsTaken,
}

impl SecurityNotice {
    /// What its link is good for.
    pub fn purpose(self) -> Purpose {
        if self == Self::EmailChanged { Purpose::UndoEmail } else { Purpose::NotMe }
    }

    /// True for what its owner never does by themselves.
    pub fn is_by_another_hand(self) -> bool {
        use SecurityNotice::{AccountDisabled, AccountEnabled, RightsGiven, RightsTaken, SecondFactorReset};
        matches!(self, SecondFactorReset | AccountDisabled | AccountEnabled | RightsGiven | RightsTaken)
    }
}

/// When and where something happened, and the way to object.
pub struct Circumstances {
    pub at: Timestamp,
    pub address: String,
    /// The `User-Agent`.
    pub agent: String,
    /// For the page `/not-me`, or `/undo-email` after a change of address; `None` where too many
    /// such links work already.
    pub objection: Option<Token>,
}

impl Message {
    /// Its name in the outbox.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail(_) => "verify_email",
            Self::ConfirmNewEmail(_) => "confirm_new_email",
            Self::ResetPassword(_) => "reset_password",
            Self::AlreadyRegistered => "already_registered",
            Self::AccountDeleted => "account_deleted",
            Self::Notice(notice, _) => match notice {
                SecurityNotice::PasswordChanged => "password_changed",
                SecurityNotice::EmailChanged => "email_changed",
                SecurityNotice::NewDevice => "new_device",
                SecurityNotice::SecondFactorOn => "second_factor_on",
                SecurityNotice::SecondFactorReplaced => "second_factor_replaced",
                SecurityNotice::SecondFactorRemoved => "second_factor_removed",
                SecurityNotice::RecoveryCodesMade => "recovery_codes_made",
                SecurityNotice::RecoveryCodeUsed => "recovery_code_used",
                SecurityNotice::CodeUsedTwice => "code_used_twice",
                SecurityNotice::SuccessAfterFailures => "success_after_failures",
                SecurityNotice::SecondFactorGuessed => "second_factor_guessed",
                SecurityNotice::DeletionScheduled => "deletion_scheduled",
                SecurityNotice::SecondFactorReset => "second_factor_reset",
                SecurityNotice::AccountDisabled => "account_disabled",
                SecurityNotice::AccountEnabled => "account_enabled",
                SecurityNotice::RightsGiven => "rights_given",
                SecurityNotice::RightsTaken => "rights_taken",
            },
        }
    }

    /// How long it is of use, in seconds: as long as its link works, a week without one.
    pub fn lifetime_s(&self) -> i64 {
        match self {
            Self::VerifyEmail(_) => Purpose::VerifyEmail.lifetime_s(),
            Self::ConfirmNewEmail(_) => Purpose::ChangeEmail.lifetime_s(),
            Self::ResetPassword(_) => Purpose::ResetPassword.lifetime_s(),
            Self::Notice(notice, _) => notice.purpose().lifetime_s(),
            Self::AlreadyRegistered | Self::AccountDeleted => WEEK_S,
        }
    }

    /// Where its button leads. Built from the public URL only: no header of a request can point it
    /// elsewhere.
    pub fn link(&self, at: &PublicUrl) -> Option<String> {
        match self {
            Self::VerifyEmail(token) | Self::ConfirmNewEmail(token) => Some(with_token(at, "verify-email", token)),
            Self::ResetPassword(token) => Some(with_token(at, "reset-password", token)),
            Self::AlreadyRegistered | Self::Notice(SecurityNotice::DeletionScheduled, _) => {
                Some(format!("{}/login", at.origin))
            }
            Self::AccountDeleted | Self::Notice(..) => None,
        }
    }

    /// Where its owner says that it was somebody else.
    pub fn objection(&self, at: &PublicUrl) -> Option<String> {
        let Self::Notice(notice, Circumstances { objection: Some(token), .. }) = self else { return None };
        let page = if notice.purpose() == Purpose::UndoEmail { "undo-email" } else { "not-me" };
        Some(with_token(at, page, token))
    }
}

fn with_token(at: &PublicUrl, page: &str, token: &Token) -> String {
    format!("{}/{page}?token={}", at.origin, token.expose())
}
