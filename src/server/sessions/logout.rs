//! The end of a session.

use super::Session;
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::sessions;

/// Ends this session; its cookie opens nothing from the next request on.
pub async fn log_out(services: &Services, origin: &Origin, session: &Session) -> Result<(), Failure> {
    let mut tx = services.store.begin().await?;
    if sessions::delete(&mut *tx, session.digest()).await? {
        audit::record(services, &mut tx, session.account(), EventKind::LoggedOut, origin).await?;
    }
    Ok(tx.commit().await?)
}
