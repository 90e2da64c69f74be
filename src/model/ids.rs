//! Identifiers as types, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};

/// Names an account: a random UUID (version 4) in its hyphenated spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AccountId(String);

impl AccountId {
    /// The hyphenated UUID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for AccountId {
    fn from(id: String) -> Self {
        Self(id)
    }
}
