//! How mail leaves.

use super::public_url::PublicUrl;
use super::reader::Reader;
use lettre::Address;
use lettre::message::Mailbox;

const FROM: &str = "SEKISHO_MAIL_FROM";

/// Settings of mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `SEKISHO_MAIL_FROM`: `name@example.org` or `Name <name@example.org>`; `Sekisho <sekisho@host>`
    /// where mail is only kept.
    pub from: Mailbox,
}

impl MailConfig {
    /// Reads the settings.
    pub fn read(reader: &mut Reader, public_url: &PublicUrl) -> Self {
        let fallback = Mailbox::new(Some("Sekisho".to_owned()), Address::new_dangerous("sekisho", &public_url.host));
        let Some(text) = reader.optional(FROM) else { return Self { from: fallback } };
        match text.parse() {
            Ok(from) if !text.contains(char::is_control) => Self { from },
            _ => {
                reader
                    .complain(format!("{FROM} must be an address such as Sekisho <login@example.org>, not {text:?}."));
                Self { from: fallback }
            }
        }
    }
}
