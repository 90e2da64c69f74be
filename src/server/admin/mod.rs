//! Governing the accounts of others: superusers by the API, the operator on the command line.

mod change;
mod find;
mod first;
mod remove;

pub use change::{Changes, change};
pub use find::{Page, Wanted, list, person, person_at};
pub use first::create_superuser;
pub use remove::{delete, reset_second_factor};

use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::sessions::Superuser;
use crate::server::store::{guards, people};
use sqlx::AnyConnection;

/// Who changes an account: the proof that they may.
pub enum Hand<'a> {
    Superuser(&'a Superuser),
    /// Whoever can run our program on the machine; made by `cli` only.
    Operator,
}

impl Hand<'_> {
    /// Asked before every change.
    fn may_change(&self, services: &Services) -> Result<(), Problem> {
        match self {
            Self::Superuser(superuser) => superuser.require_fresh_login(services),
            Self::Operator => Ok(()),
        }
    }
}

/// Puts changes among superusers in a row: written first in a transaction that may end in
/// [`keep_a_superuser`].
async fn line_up(services: &Services, db: &mut AnyConnection) -> Result<i64, Failure> {
    guards::put(&mut *db, "superusers", &services.clock.now().seconds().to_string()).await?;
    Ok(people::count_active_superusers(db).await?)
}

/// Refuses a change that left nobody to govern; `before` is what [`line_up`] counted.
async fn keep_a_superuser(db: &mut AnyConnection, before: i64) -> Result<(), Failure> {
    let after = people::count_active_superusers(db).await?;
    if before > 0 && after == 0 { Err(Problem::LastSuperuser.into()) } else { Ok(()) }
}
