//! The end of a session.

use super::{Pending, Session};
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{pending_logins, sessions};

/// Ends this session; its cookie opens nothing from the next request on.
pub async fn log_out(services: &Services, origin: &Origin, session: &Session) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    if sessions::delete(&mut *tx, session.digest()).await? {
        audit::record(services, &mut tx, session.account(), EventKind::LoggedOut, origin).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends a login that still waits for its second factor.
pub async fn abandon(services: &Services, pending: &Pending) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    pending_logins::delete(&mut *tx, pending.digest()).await?;
    Ok(tx.commit().await?)
}
