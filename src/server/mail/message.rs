//! What is written to owners of accounts.

use super::date;
use crate::model::{Language, Timestamp};
use crate::server::config::PublicUrl;
use crate::server::keys::Token;
use crate::server::tokens::one_time::Purpose;

/// How long a notice without a link is kept: a week, in seconds.
const NOTICE_S: i64 = 7 * 24 * 60 * 60;

/// A message.
pub enum Message {
    VerifyEmail(Token),
    /// To the new address.
    ConfirmNewEmail(Token),
    ResetPassword(Token),
    PasswordChanged,
    /// To the old address.
    EmailChanged,
}

impl Message {
    /// The whole mail (RFC 5322). `to` is a parsed address: it holds no line break.
    pub fn render(&self, at: &PublicUrl, to: &str, language: Language, now: Timestamp) -> String {
        let (subject, english, japanese) = self.words();
        let words = if language == Language::Ja { japanese } else { english };
        let link = self.link(at).map(|link| format!("{link}\r\n\r\n")).unwrap_or_default();
        format!(
            "From: Sekisho <sekisho@{host}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\
             Auto-Submitted: auto-generated\r\n\r\n{words}\r\n\r\n{link}{origin}\r\n",
            host = at.host,
            origin = at.origin,
            date = date(now),
        )
    }

    /// How long it is of use, in seconds: as long as its link works, a week without one.
    pub fn lifetime_s(&self) -> i64 {
        match self {
            Self::VerifyEmail(_) => Purpose::VerifyEmail.lifetime_s(),
            Self::ConfirmNewEmail(_) => Purpose::ChangeEmail.lifetime_s(),
            Self::ResetPassword(_) => Purpose::ResetPassword.lifetime_s(),
            Self::PasswordChanged | Self::EmailChanged => NOTICE_S,
        }
    }

    /// Built from the public URL only: no header of a request can point it elsewhere.
    fn link(&self, at: &PublicUrl) -> Option<String> {
        let (page, token) = match self {
            Self::VerifyEmail(token) | Self::ConfirmNewEmail(token) => ("verify-email", token),
            Self::ResetPassword(token) => ("reset-password", token),
            Self::PasswordChanged | Self::EmailChanged => return None,
        };
        Some(format!("{}/{page}?token={}", at.origin, token.expose()))
    }

    /// Subject, English, Japanese.
    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::VerifyEmail(_) => (
                "Confirm your e-mail address",
                "Somebody registered this address. If it was you, open this link within 24 hours; if not, do nothing.",
                "このアドレスで登録がありました。ご本人であれば、24時間以内に次のリンクを開いてください。心当たりがなければ何もする必要はありません。",
            ),
            Self::ConfirmNewEmail(_) => (
                "Confirm your new e-mail address",
                "An account is to use this address from now on. If it is yours, open this link within one hour.",
                "アカウントのメールアドレスがこのアドレスに変更されようとしています。ご本人であれば、1時間以内に次のリンクを開いてください。",
            ),
            Self::ResetPassword(_) => (
                "Choose a new password",
                "Somebody asked for a new password for your account. If it was you, open this link within one hour; if not, do nothing.",
                "パスワードの再設定が求められました。ご本人であれば、1時間以内に次のリンクを開いてください。心当たりがなければ何もする必要はありません。",
            ),
            Self::PasswordChanged => (
                "Your password was changed",
                "The password of your account was changed. If it was not you, ask for a new one at once.",
                "アカウントのパスワードが変更されました。心当たりがなければ、すぐにパスワードを再設定してください。",
            ),
            Self::EmailChanged => (
                "Your e-mail address was changed",
                "Your account no longer uses this address. If it was not you, tell whoever runs this server.",
                "アカウントはこのメールアドレスを使わなくなりました。心当たりがなければ、サーバーの管理者に知らせてください。",
            ),
        }
    }
}
