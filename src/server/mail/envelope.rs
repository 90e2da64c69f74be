//! The mail around what a message says (RFC 5322).

use super::content::Content;
use super::{html, text};
use crate::model::Timestamp;
use crate::server::failure::Failure;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use std::time::{Duration, UNIX_EPOCH};

/// Who writes what to whom, and when.
pub struct Envelope<'a> {
    /// The id in the outbox; whoever gets a mail twice can tell by it.
    pub id: &'a str,
    pub host: &'a str,
    pub from: &'a Mailbox,
    pub to: &'a str,
    pub at: Timestamp,
}

impl Envelope<'_> {
    /// The whole mail.
    pub fn seal(&self, content: &Content) -> Result<String, Failure> {
        let since = Duration::from_secs(u64::try_from(self.at.seconds()).unwrap_or_default());
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address(self.to)?))
            .subject(content.subject)
            .date(UNIX_EPOCH + since)
            .message_id(Some(format!("<{}@{}>", self.id, self.host)))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(text::text(content), html::html(content)))
            .map_err(|cause| Failure::Broken(cause.into()))?;
        String::from_utf8(mail.formatted()).map_err(|cause| Failure::Broken(cause.into()))
    }
}

/// An address of an account. Checked when it was taken; a control here would be a header of
/// somebody else's, so it is asked once more, but no further: who has an account can be written to.
pub fn address(text: &str) -> Result<Address, Failure> {
    let is_plain = !text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;:\"()".contains(c));
    match text.rsplit_once('@').filter(|_| is_plain) {
        Some((local, domain)) => Ok(Address::new_dangerous(local, domain)),
        None => Err(Failure::broken("an address in the outbox is none")),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn no_address_brings_a_header_along() {
        for text in ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "a\n@b.test", "a@b.test>", "", "nobody"] {
            assert!(address(text).is_err(), "{text:?}");
        }
        assert_eq!(address("ada@example.test").unwrap().to_string(), "ada@example.test");
    }
}
