//! What mails say.
//!
//! Not in `locales/`: leptos_i18n puts all texts of a language into one array, so a text that no
//! page shows would be downloaded by every browser all the same. These are of the same shape,
//! complete in each language by their types.

mod en;
mod ja;

use super::Message;
use crate::model::Language;

/// The words of one message. `{site}` in `text` stands for the host of the public URL.
pub struct Words {
    pub subject: &'static str,
    pub text: &'static str,
    /// What its button does; empty where it has none.
    pub action: &'static str,
}

/// The words that messages share.
pub struct Shared {
    pub when: &'static str,
    pub device: &'static str,
    pub address: &'static str,
    pub unknown_device: &'static str,
    /// With `{browser}` and `{system}`.
    pub device_words: &'static str,
    pub not_me: &'static str,
    /// Before the same link, where somebody else did it.
    pub unexpected: &'static str,
    pub not_me_action: &'static str,
    pub undo: &'static str,
    pub undo_action: &'static str,
    pub no_button: &'static str,
    /// With `{origin}`.
    pub foot: &'static str,
    pub months: [&'static str; 12],
    /// With `{day}`, `{month}`, `{year}` and `{time}`.
    pub moment: &'static str,
}

/// The words of `message`.
pub fn of(message: &Message, language: Language) -> Words {
    match language {
        Language::En => en::of(message),
        Language::Ja => ja::of(message),
    }
}

/// What all messages share.
pub fn shared(language: Language) -> Shared {
    match language {
        Language::En => en::SHARED,
        Language::Ja => ja::SHARED,
    }
}
