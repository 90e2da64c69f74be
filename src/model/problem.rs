//! Why a request was refused: a closed list without free text, so that nobody can make our
//! pages say a sentence of theirs and nothing typed ends up in a log.

use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a person may be told. The sentence is chosen where it is shown.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
#[error("{self:?}")]
pub enum Problem {
    /// Unknown address, wrong password or disabled account: never says which.
    BadCredentials,
    EmailMalformed,
    EmailTaken,
    RegistrationClosed,
    PasswordTooShort,
    PasswordTooLong,
    PasswordHasControls,
    PasswordCommon,
    PasswordNamesYou,
    WrongCode,
    CodeMalformed,
    CodeUsed,
    /// The code is right at another time: the phone's clock is this many minutes behind.
    ClockBehind {
        minutes: u32,
    },
    /// The code is right at another time: the phone's clock is this many minutes ahead.
    ClockAhead {
        minutes: u32,
    },
    TooManyTries,
    LoginExpired,
    /// The change asks for a login within the last five minutes.
    LoginTooOld,
    SetUpExpired,
    RecoveryCodeNotOnSheet,
    AlreadyEnrolled,
    NotEnrolled,
    SignedOut,
    /// The login is only half done.
    SecondFactorRequired,
    /// The password is right and the address not confirmed; told to clients of fastapi-users only.
    NotVerified,
    AlreadyVerified,
    /// A link of a mail that is unknown, used or over.
    LinkBad,
    PasswordSame,
    /// The link was opened in a browser that did not make the account.
    PasswordAsked,
    /// Not the password chosen at registration.
    NotThatPassword,
    /// The new address is the present one.
    EmailSame,
    /// The present password, asked once more, is not right.
    WrongPassword,
    /// A session that is over already.
    NoSuchSession,
    /// Only its owner sets a password.
    PasswordNotYours,
    Forbidden,
    NoSuchAccount,
    /// Nobody would be left to govern.
    LastSuperuser,
    /// Too many wrong passwords; seconds until the next try. Says nothing of whether there is an account.
    TooManyRequests {
        wait_s: u32,
    },
    /// So many wrong passwords that devices never signed in on may not log in until the owner does something.
    LoginStopped,
    /// Too many wrong codes; seconds until the next try.
    TooManyCodes {
        wait_s: u32,
    },
    /// So many wrong codes in a row that only a recovery code counts, until an app is set up anew.
    CodesOff,
    /// Too many new accounts; seconds until the next one.
    TooManyAccounts {
        wait_s: u32,
    },
    /// More logins wait than the machine can hash in time.
    Busy,
    /// The database cannot be reached, read or written; whoever runs the server hears why.
    Unavailable,
    BadRequest,
    NoSuchPage,
    /// Another site made the browser send this.
    ForeignRequest,
    TooLarge,
    /// No answer came back; only the browser side says so.
    Unreachable,
    /// A page of an older version called a function that is gone.
    OutOfDate,
    /// Ours to mend; the number is in our log.
    Internal {
        incident: u32,
    },
}

/// The field of a form that a problem belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Email,
    Password,
    /// The present password, asked once more.
    CurrentPassword,
    Code,
}

impl Problem {
    /// The field to point at, if the problem is about one.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::EmailMalformed | Self::EmailTaken | Self::EmailSame => Some(Field::Email),
            Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordHasControls
            | Self::PasswordCommon
            | Self::PasswordNamesYou
            | Self::PasswordSame
            | Self::PasswordAsked
            | Self::NotThatPassword
            | Self::PasswordNotYours => Some(Field::Password),
            Self::WrongPassword => Some(Field::CurrentPassword),
            Self::WrongCode
            | Self::CodeMalformed
            | Self::CodeUsed
            | Self::ClockBehind { .. }
            | Self::ClockAhead { .. }
            | Self::RecoveryCodeNotOnSheet => Some(Field::Code),
            _ => None,
        }
    }

    /// Seconds until it makes sense to come back, where that is so.
    pub fn retry_after_s(&self) -> Option<u32> {
        const DAY_S: u32 = 24 * 60 * 60;
        match self {
            Self::TooManyRequests { wait_s } | Self::TooManyCodes { wait_s } | Self::TooManyAccounts { wait_s } => {
                Some(*wait_s)
            }
            Self::LoginStopped | Self::CodesOff => Some(DAY_S),
            Self::Busy | Self::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The HTTP status for a fetch; a form without JavaScript is redirected instead.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::LoginExpired | Self::TooManyTries => 401,
            Self::AlreadyEnrolled | Self::NotEnrolled | Self::LoginTooOld | Self::RegistrationClosed => 403,
            Self::ForeignRequest => 403,
            Self::NoSuchPage | Self::OutOfDate => 404,
            Self::TooLarge => 413,
            Self::SecondFactorRequired | Self::Forbidden => 403,
            Self::NoSuchAccount | Self::NoSuchSession => 404,
            Self::TooManyRequests { .. }
            | Self::LoginStopped
            | Self::TooManyCodes { .. }
            | Self::CodesOff
            | Self::TooManyAccounts { .. } => 429,
            Self::Busy | Self::Unavailable => 503,
            Self::Internal { .. } => 500,
            Self::BadCredentials | Self::NotVerified | Self::LinkBad | Self::AlreadyVerified | Self::LastSuperuser => {
                400
            }
            _ => 422,
        }
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    // The text of the cause can repeat what was typed, so it is dropped here.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::BadRequest
            }
            _ => Self::Internal { incident: 0 },
        }
    }
}
