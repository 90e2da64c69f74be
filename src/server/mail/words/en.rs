//! Mails in English.

use super::{Shared, Words};
use crate::server::mail::{Message, SecurityNotice};

pub const SHARED: Shared = Shared {
    when: "When",
    device: "Device",
    address: "Address",
    unknown_device: "Unknown device",
    device_words: "{browser} on {system}",
    not_me: "Was this not you? Use this link within 7 days: it ends every session and lets you choose a new password.",
    unexpected: "Did you not expect this? Ask whoever runs this site. Within 7 days this link ends every session and lets you choose a new password.",
    not_me_action: "This wasn't me",
    undo: "Was this not you? Use this link within 7 days: your account gets this address back.",
    undo_action: "Take the change back",
    no_button: "If the button does nothing, open this address:",
    foot: "Sent by Sekisho at {origin}. Nobody reads replies to this address.",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    moment: "{day} {month} {year}, {time} UTC",
};

/// The words of `message`.
pub fn of(message: &Message) -> Words {
    let (subject, text, action) = match message {
        Message::VerifyEmail(_) => (
            "Confirm your e-mail address",
            "Somebody made an account at {site} with this address. If it was you, confirm the address within 24 hours. \
             If it was not you, do nothing.",
            "Confirm this address",
        ),
        Message::ConfirmNewEmail(_) => (
            "Confirm your new e-mail address",
            "An account at {site} is to use this address from now on. If the account is yours, confirm this within one \
             hour. If it is not, do nothing: the account stays as it is.",
            "Use this address",
        ),
        Message::ResetPassword(_) => (
            "Choose a new password",
            "Somebody asked for a new password for your account at {site}. If it was you, choose one within one hour. \
             If it was not you, do nothing: your password stays as it is.",
            "Choose a new password",
        ),
        Message::AlreadyRegistered => (
            "You have an account already",
            "Somebody tried to make an account at {site} with this address, but it has one already. If it was you, log \
             in; the login page also helps if you forgot your password. If it was not you, do nothing: your account \
             was not changed.",
            "Log in",
        ),
        Message::AccountDeleted => (
            "Your account was deleted",
            "Your account at {site} and everything in it were deleted. This is the last mail about it.",
            "",
        ),
        Message::Notice(notice, _) => return of_notice(*notice),
    };
    Words { subject, text, action }
}

fn of_notice(notice: SecurityNotice) -> Words {
    let (subject, text) = match notice {
        SecurityNotice::PasswordChanged => (
            "Your password was changed",
            "The password of your account at {site} was changed. Every other place where you were signed in is signed \
             out.",
        ),
        SecurityNotice::EmailChanged => {
            ("Your e-mail address was changed", "Your account at {site} now uses another address instead of this one.")
        }
        SecurityNotice::NewDevice => (
            "New login to your account",
            "Somebody logged in to your account at {site} on a device that was not used for it before.",
        ),
        SecurityNotice::SecondFactorOn => (
            "Two-factor was turned on",
            "Your account at {site} now asks for a code from an authenticator app at each login.",
        ),
        SecurityNotice::SecondFactorReplaced => (
            "Your authenticator app was replaced",
            "Your account at {site} now takes codes from another authenticator app. Codes from the earlier one are \
             refused.",
        ),
        SecurityNotice::SecondFactorRemoved => (
            "Two-factor was turned off",
            "Your account at {site} no longer asks for a code. It is protected by its password only.",
        ),
        SecurityNotice::RecoveryCodesMade => (
            "New recovery codes were made",
            "New recovery codes were made for your account at {site}. Those made before no longer work.",
        ),
        SecurityNotice::RecoveryCodeUsed => (
            "A recovery code was used",
            "Somebody logged in to your account at {site} with one of your recovery codes. That code no longer works.",
        ),
        SecurityNotice::CodeUsedTwice => (
            "A code was used twice",
            "Somebody typed a code of your account at {site} that had been used already. It was refused. If you did \
             not type it twice yourself, somebody may have seen it.",
        ),
        SecurityNotice::SuccessAfterFailures => {
            ("A login after many wrong tries", "Somebody logged in to your account at {site} after many wrong tries.")
        }
        SecurityNotice::SecondFactorGuessed => (
            "Somebody may know your password",
            "Somebody typed the right password of your account at {site} and then three wrong codes. Your second \
             factor kept them out. If it was not you, change your password now.",
        ),
        SecurityNotice::DeletionScheduled => (
            "Your account will be deleted in 14 days",
            "Somebody asked to delete your account at {site}. In 14 days it is deleted for good, with everything in \
             it. Log in before that, and it stays.",
        ),
        SecurityNotice::SecondFactorReset => (
            "Your second factor was removed",
            "Whoever runs {site} removed the authenticator app and the recovery codes of your account and signed you out \
             everywhere. Until you set up a new app, only the password protects it.",
        ),
        SecurityNotice::AccountDisabled => (
            "Your account was disabled",
            "Whoever runs {site} disabled your account and signed you out everywhere. You cannot log in until they \
             enable it again.",
        ),
        SecurityNotice::AccountEnabled => {
            ("Your account was enabled", "Whoever runs {site} enabled your account again. You can log in.")
        }
        SecurityNotice::RightsGiven => (
            "Your account may manage others now",
            "Whoever runs {site} made your account a superuser and signed you out everywhere. From your next login it \
             may see and change every account.",
        ),
        SecurityNotice::RightsTaken => (
            "Your account may no longer manage others",
            "Whoever runs {site} took the rights of a superuser from your account and signed you out everywhere. Apart \
             from that you can log in as before.",
        ),
    };
    let action = if notice == SecurityNotice::DeletionScheduled { "Log in and keep the account" } else { "" };
    Words { subject, text, action }
}
