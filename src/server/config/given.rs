//! The settings as they were given, to tell one start from the next.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use zeroize::Zeroizing;

/// Names and values of the environment; some of the values are secret, so they are never shown.
#[derive(Clone)]
pub struct Given(BTreeMap<String, Zeroizing<String>>);

impl Given {
    pub(super) fn of(values: &HashMap<String, String>) -> Self {
        Self(values.iter().map(|(name, value)| (name.clone(), Zeroizing::new(value.clone()))).collect())
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
