//! Which version of the master key the database is sealed under. New values follow it in every
//! process within seconds; the others open until they are sealed anew.

use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::{MasterKeys, fingerprint};
use crate::server::services::Services;
use crate::server::store::guards;
use sqlx::AnyConnection;
use sqlx::any::AnyExecutor;

/// Names under which the database keeps the fingerprint of version 1, and the version in use.
const FINGERPRINT: &str = "master key fingerprint";
const VERSION: &str = "master key version";

/// The version that new values are sealed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse {
    pub version: u32,
    /// When it took over; the first one was always there.
    pub since: Timestamp,
}

impl InUse {
    pub(super) fn text(self) -> String {
        format!("{} {}", self.version, self.since.seconds())
    }

    fn parse(text: &str) -> Option<Self> {
        let (version, since) = text.split_once(' ')?;
        Some(Self { version: version.parse().ok()?, since: Timestamp::from(since.parse::<i64>().ok()?) })
    }
}

/// Name under which the database keeps the fingerprint of a version.
pub(super) fn fingerprint_name(version: u32) -> String {
    if version == 1 { FINGERPRINT.to_owned() } else { format!("{FINGERPRINT} {version}") }
}

/// The version in use that was noted; version 1 never is.
pub(super) async fn noted(db: impl AnyExecutor<'_>) -> sqlx::Result<Option<InUse>> {
    Ok(guards::find(db, VERSION).await?.as_deref().and_then(InUse::parse))
}

/// The version in use.
pub async fn in_use(db: impl AnyExecutor<'_>) -> sqlx::Result<InUse> {
    Ok(noted(db).await?.unwrap_or(InUse { version: 1, since: Timestamp::from_seconds(0) }))
}

/// True if `keys` hold the version that a database is sealed under: no server, but a copy of one.
pub async fn fits(db: &mut AnyConnection, keys: &MasterKeys) -> sqlx::Result<bool> {
    let InUse { version, .. } = in_use(&mut *db).await?;
    let known = guards::find(db, &fingerprint_name(version)).await?;
    Ok(known.is_some() && known == keys.find(version).and_then(|key| fingerprint(key).ok()))
}

/// Notes the version in use.
pub(super) async fn note(db: impl AnyExecutor<'_>, in_use: InUse) -> sqlx::Result<()> {
    guards::put(db, VERSION, &in_use.text()).await
}

/// Seals under the version in use from now on, if another one has taken over. Fails while the key
/// file lacks it.
pub async fn follow(services: &Services) -> Result<(), Failure> {
    let InUse { version, .. } = in_use(services.store.read()).await?;
    let seals = services.keys.seals();
    if version <= seals.version() {
        return Ok(());
    }
    if seals.fingerprint(version).is_none() {
        seals.look_again().map_err(|sentence| Failure::Broken(sentence.into()))?;
    }
    let known = guards::find(services.store.read(), &fingerprint_name(version)).await?;
    if known.is_none() || known != seals.fingerprint(version) {
        return Err(Failure::Broken(lacking(version).into()));
    }
    seals.seal_under(version)?;
    tracing::info!(version, "New values are sealed under another version of the master key.");
    Ok(())
}

/// Says that a version is not in the key file.
pub(super) fn lacking(version: u32) -> String {
    format!(
        "version {version} of the master key, which this database is sealed under, is not in the key file; \
         copy master.key from the machine where it was made"
    )
}
