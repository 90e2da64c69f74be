//! What a login in a browser ends: whatever that browser was signed in by before (ASVS 7.2.4).

use super::BROWSER;
use crate::model::views::EventKind;
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{pending_logins, sessions};
use sqlx::AnyConnection;

/// Ends the session and the pending login whose cookies came with a login, in its transaction.
///
/// Of whatever account: their cookies are about to be replaced, and who planted or copied one must
/// not keep what it opens.
pub(super) async fn end(services: &Services, db: &mut AnyConnection, origin: &Origin) -> Result<(), Failure> {
    if let Some(digest) = &origin.shown.pending {
        pending_logins::delete(&mut *db, digest).await?;
    }
    let Some(digest) = &origin.shown.session else { return Ok(()) };
    if let Some(owner) = sessions::delete_live(&mut *db, digest, BROWSER, services.clock.now()).await? {
        audit::record(services, db, &owner, EventKind::LoggedOut, origin).await?;
    }
    Ok(())
}
