//! What a message says, in words, before it is text or HTML.

use super::words::{self, Shared};
use super::{Message, SecurityNotice};
use crate::model::{Language, Timestamp};
use crate::server::audit;
use crate::server::config::PublicUrl;

/// The parts of a message, in the order in which they are read.
pub struct Content {
    pub language: Language,
    pub subject: &'static str,
    pub text: String,
    pub action: Option<Link>,
    /// When and where it happened: label and value.
    pub facts: Vec<(&'static str, String)>,
    /// The way to object, and the sentence before it.
    pub objection: Option<(&'static str, Link)>,
    pub no_button: &'static str,
    pub foot: String,
}

/// A link and what it does.
pub struct Link {
    pub label: &'static str,
    pub url: String,
}

impl Content {
    /// What `message` says to somebody who reads `language`.
    pub fn of(message: &Message, at: &PublicUrl, language: Language) -> Self {
        let (words, shared) = (words::of(message, language), words::shared(language));
        let objection = message.objection(at).map(|url| match message {
            Message::Notice(SecurityNotice::EmailChanged, _) => (shared.undo, Link { label: shared.undo_action, url }),
            Message::Notice(notice, _) if notice.is_by_another_hand() => {
                (shared.unexpected, Link { label: shared.not_me_action, url })
            }
            _ => (shared.not_me, Link { label: shared.not_me_action, url }),
        });
        Self {
            language,
            subject: words.subject,
            text: words.text.replace("{site}", &at.authority),
            action: message.link(at).map(|url| Link { label: words.action, url }),
            facts: facts(message, &shared),
            objection,
            no_button: shared.no_button,
            foot: shared.foot.replace("{origin}", &at.origin),
        }
    }
}

fn facts(message: &Message, shared: &Shared) -> Vec<(&'static str, String)> {
    let Message::Notice(_, circumstances) = message else { return Vec::new() };
    let device = audit::device(&circumstances.agent);
    let device = match (device.browser.as_str(), device.system.as_str()) {
        ("", "") => shared.unknown_device.to_owned(),
        (word, "") | ("", word) => word.to_owned(),
        (browser, system) => shared.device_words.replace("{browser}", browser).replace("{system}", system),
    };
    vec![
        (shared.when, moment(circumstances.at, shared)),
        (shared.device, device),
        (shared.address, circumstances.address.clone()),
    ]
}

/// Day and minute in UTC: a mail does not know where it will be read.
fn moment(at: Timestamp, shared: &Shared) -> String {
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp(at.seconds()) else { return String::new() };
    let month = shared.months.get(usize::from(u8::from(at.month())) - 1).unwrap_or(&"");
    shared
        .moment
        .replace("{day}", &at.day().to_string())
        .replace("{month}", month)
        .replace("{year}", &at.year().to_string())
        .replace("{time}", &format!("{:02}:{:02}", at.hour(), at.minute()))
}
