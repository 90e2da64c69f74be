//! Governing the accounts of others: superusers by the API, the operator on the command line.

mod change;
mod find;
mod first;
mod remove;

pub use change::{Changes, change};
pub use find::{Page, Wanted, list, person, person_at};
pub use first::create_superuser;
pub use remove::{delete, reset_second_factor};

use crate::model::{AccountId, Problem};
use crate::server::services::Services;
use crate::server::sessions::Superuser;

/// Who changes an account: the proof that they may.
pub enum Hand<'a> {
    Superuser(&'a Superuser),
    /// Whoever can run our program on the machine; made by `cli` only.
    Operator,
}

impl Hand<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Superuser(superuser) => superuser.account().as_str(),
            Self::Operator => "operator",
        }
    }

    /// Logs what was done to an account: words for what it was and is.
    fn log(&self, account: &AccountId, before: &str, after: &str) {
        let (actor, account) = (self.name(), account.as_str());
        tracing::info!(kind = "account_governed", actor, account, before, after, "Somebody else changed an account.");
    }

    /// Asked before every change.
    fn may_change(&self, services: &Services) -> Result<(), Problem> {
        match self {
            Self::Superuser(superuser) => superuser.require_fresh_login(services),
            Self::Operator => Ok(()),
        }
    }
}
