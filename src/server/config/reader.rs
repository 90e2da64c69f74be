//! Reads names and values, collecting what is wrong with them.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// The process environment.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
pub fn environment() -> HashMap<String, String> {
    std::env::vars().filter(|(name, _)| name.starts_with("SEKISHO_")).collect()
}

/// Values asked for by name; remembers the names and the problems.
pub struct Reader {
    values: HashMap<String, String>,
    known: Vec<&'static str>,
    problems: Vec<String>,
}

impl Reader {
    pub fn new(values: HashMap<String, String>) -> Self {
        Self { values, known: Vec::new(), problems: Vec::new() }
    }

    /// Adds a sentence that starts with the name of a setting.
    pub fn complain(&mut self, sentence: impl Into<String>) {
        self.problems.push(sentence.into());
    }

    /// The value, if it is set and not empty.
    pub fn optional(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        self.values.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// The value, or its default.
    pub fn text(&mut self, name: &'static str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    /// A value with a spelling; `default` must have it.
    pub fn parse<T: FromStr>(&mut self, name: &'static str, default: &str, wanted: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        let text = self.text(name, default);
        if let Ok(value) = text.parse() {
            return value;
        }
        self.complain(format!("{name} must be {wanted}, not {text:?}."));
        #[expect(clippy::unwrap_used, reason = "the default is ours and a test reads it")]
        default.parse().unwrap()
    }

    /// A value with a spelling, if it is set.
    pub fn maybe<T: FromStr>(&mut self, name: &'static str, wanted: &str) -> Option<T> {
        let text = self.optional(name)?;
        let value = text.parse().ok();
        if value.is_none() {
            self.complain(format!("{name} must be {wanted}, not {text:?}."));
        }
        value
    }

    /// The position of the value among `words`; the first is the default.
    pub fn choice<const N: usize>(&mut self, name: &'static str, words: [&str; N]) -> usize {
        let Some(value) = self.optional(name) else { return 0 };
        words.iter().position(|word| *word == value).unwrap_or_else(|| {
            self.complain(format!("{name} must be {}, not {value:?}.", words.join(" or ")));
            0
        })
    }

    /// A number that may only be raised above its default.
    pub fn at_least<T: FromStr + PartialOrd + Display + Copy>(&mut self, name: &'static str, floor: T) -> T {
        let Some(value) = self.optional(name) else { return floor };
        value.parse().ok().filter(|number| *number >= floor).unwrap_or_else(|| {
            self.complain(format!("{name} must be a number not below {floor}, not {value:?}."));
            floor
        })
    }

    /// A number of at least one.
    pub fn positive(&mut self, name: &'static str, default: i64) -> i64 {
        let Some(value) = self.optional(name) else { return default };
        value.parse().ok().filter(|number| (1..=1_000_000_000).contains(number)).unwrap_or_else(|| {
            self.complain(format!("{name} must be a number above 0, not {value:?}."));
            default
        })
    }

    /// A number that may only be lowered below its default, down to 1.
    pub fn at_most(&mut self, name: &'static str, ceiling: i64) -> i64 {
        let Some(value) = self.optional(name) else { return ceiling };
        value.parse().ok().filter(|number| (1..=ceiling).contains(number)).unwrap_or_else(|| {
            self.complain(format!("{name} must be a number from 1 to {ceiling}, not {value:?}."));
            ceiling
        })
    }

    /// The settings, unless something was wrong. Unknown names are warned about only.
    pub fn finish<T>(self, settings: T) -> Result<T, Vec<String>> {
        for name in self.values.keys().filter(|name| !self.known.contains(&name.as_str())) {
            let nearest = self.known.iter().min_by_key(|known| strsim::levenshtein(known, name)).unwrap_or(&"");
            tracing::warn!("{name} is no setting of Sekisho; the nearest one is {nearest}.");
        }
        if self.problems.is_empty() { Ok(settings) } else { Err(self.problems) }
    }
}
