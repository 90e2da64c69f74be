//! There is always somebody left to govern.

use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{guards, people};
use sqlx::AnyConnection;

/// Puts changes among superusers in a row: written first in a transaction that may end in
/// [`keep_one`]. Returns how many could log in.
pub async fn line_up(services: &Services, db: &mut AnyConnection) -> Result<i64, Failure> {
    guards::put(&mut *db, "superusers", &services.clock.now().seconds().to_string()).await?;
    Ok(people::count_active_superusers(db).await?)
}

/// Refuses a change that left nobody to govern; `before` is what [`line_up`] counted.
pub async fn keep_one(db: &mut AnyConnection, before: i64) -> Result<(), Failure> {
    let after = people::count_active_superusers(db).await?;
    if before > 0 && after == 0 { Err(Problem::LastSuperuser.into()) } else { Ok(()) }
}
