//! Every text a person reads, from `locales/`, checked at compile time.
//! The server decides the language of a page; nothing changes it but a new page.

// The macro rather than the build script: that one brings the whole of ICU's data generator along.
#[expect(deprecated, reason = "the build script would cost minutes and promises nothing more")]
mod texts {
    leptos_i18n::load_locales!();
}

pub use leptos_i18n::td_string;
pub use texts::i18n::*;

use crate::model::{Language, PageContext};
use leptos::prelude::use_context;

/// The language of this page.
pub fn locale() -> Locale {
    locale_of(&use_context::<PageContext>().unwrap_or_default())
}

/// The language of the page that `context` is for.
pub fn locale_of(context: &PageContext) -> Locale {
    match context.language {
        Language::En => Locale::en,
        Language::Ja => Locale::ja,
    }
}

/// Puts values into a text at its `{name}` places.
pub fn fill(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), &value.to_string()))
}
