//! Where an account is signed in, and ending that.

use super::{BROWSER, Session};
use crate::model::Problem;
use crate::model::views::{EventKind, SessionLine};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{pending_logins, sessions};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// The live sessions of the account, last seen first.
pub async fn places(services: &Services, session: &Session) -> Result<Vec<SessionLine>, Failure> {
    let live = sessions::live_of(services.store.read(), session.account(), services.clock.now()).await?;
    Ok(live.into_iter().map(|found| line(found, session.digest())).collect())
}

/// Ends one session of the account by its name. Asks for a fresh login: else whoever finds a
/// session open could sign the owner out. [`Problem::NoSuchSession`] if it is over already.
pub async fn end_one(services: &Services, origin: &Origin, session: &Session, named: &str) -> Result<(), Failure> {
    session.require_fresh_login(services)?;
    let account = session.account();
    let live = sessions::live_of(services.store.read(), account, services.clock.now()).await?;
    let found = live.iter().find(|found| name(&found.digest) == named).ok_or(Problem::NoSuchSession)?;
    let mut tx = services.store.begin().await?;
    session.hold(&mut tx).await?;
    if !sessions::delete_one_of(&mut *tx, account, &found.digest).await? {
        return Err(Problem::NoSuchSession.into());
    }
    audit::record(services, &mut tx, account, EventKind::SessionEnded, origin).await?;
    Ok(tx.commit().await?)
}

/// Ends every session of the account but this one, and logins that are half done.
pub async fn end_others(services: &Services, origin: &Origin, session: &Session) -> Result<(), Failure> {
    session.require_fresh_login(services)?;
    let account = session.account();
    let mut tx = services.store.begin().await?;
    session.hold(&mut tx).await?;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *tx, account).await?;
    sessions::delete_others(&mut *tx, account, session.digest()).await?;
    audit::record(services, &mut tx, account, EventKind::OtherSessionsEnded, origin).await?;
    Ok(tx.commit().await?)
}

/// A session as the pages show it.
pub(super) fn line(found: sessions::Session, this_one: &str) -> SessionLine {
    SessionLine {
        name: name(&found.digest),
        is_this_one: found.digest == this_one,
        is_app: found.kind != BROWSER,
        device: audit::device(&found.agent),
        address: found.address,
        created_at: found.created_at,
        last_seen_at: found.last_seen_at,
    }
}

/// Names a session on a page. Not the digest itself: what the database holds stays there.
fn name(digest: &str) -> String {
    let named = Sha256::digest(format!("session name {digest}"));
    BASE64URL_NOPAD.encode(named.get(..16).unwrap_or_default())
}
