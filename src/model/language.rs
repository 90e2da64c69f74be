//! The languages Sekisho speaks.

use serde::{Deserialize, Serialize};

/// A language of pages and mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    Ja,
}

impl Language {
    /// Its tag in HTML, in cookies and in the database.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The language of a tag such as `ja` or `en-GB`, if we speak it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.get(..2) {
            Some("en") => Some(Self::En),
            Some("ja") => Some(Self::Ja),
            _ => None,
        }
    }
}
