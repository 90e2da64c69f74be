//! The start: the master key and the database must fit.

use super::digest_keys;
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::{KeyRing, MasterKey, Seals};
use crate::server::store::{Store, guards};
use std::path::Path;

/// Name under which the database keeps the fingerprint of the master key.
const FINGERPRINT: &str = "master key fingerprint";

/// The key ring of this database. A key is made only where the database knows none: a lost key
/// is an error, never a new empty one.
pub async fn unlock(path: &Path, store: &Store, now: Timestamp) -> Result<KeyRing, String> {
    let database = |error: sqlx::Error| format!("The database cannot be read: {error}.");
    let known = guards::find(store.read(), FINGERPRINT).await.map_err(database)?;
    let master = match (MasterKey::read(path)?, &known) {
        (Some(master), _) => master,
        (None, None) => MasterKey::create(path)?,
        (None, Some(_)) => {
            return Err(format!(
                "SEKISHO_MASTER_KEY_FILE: {} is missing, but this database was made with a key. \
                 Copy master.key from the first machine or from your backup.",
                path.display()
            ));
        }
    };
    let seals = Seals::new(&master).map_err(|error| error.to_string())?;
    let mut tx = store.begin().await.map_err(database)?;
    guards::claim(&mut *tx, FINGERPRINT, seals.fingerprint()).await.map_err(database)?;
    let fingerprint = guards::find(&mut *tx, FINGERPRINT).await.map_err(database)?;
    tx.commit().await.map_err(database)?;
    if fingerprint.as_deref() != Some(seals.fingerprint()) {
        return Err(format!(
            "SEKISHO_MASTER_KEY_FILE: {} is not the key this database was made with. \
             Copy master.key from the first machine or from your backup.",
            path.display()
        ));
    }
    let digests = digest_keys::load(store, &seals, now).await;
    Ok(KeyRing::new(seals, digests.map_err(said)?))
}

fn said(failure: Failure) -> String {
    match failure {
        Failure::Broken(cause) => format!("The keys of digests cannot be read: {cause}."),
        Failure::Refused(_) => "The database is too busy; try again.".to_owned(),
    }
}
