//! The start: the master key and the database must fit.

use super::digest_keys;
use super::versions::{self, InUse, fingerprint_name};
use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::{KeyRing, MasterKeys, Seals};
use crate::server::store::{Store, WriteTx, guards};
use std::path::Path;

/// The key ring of this database. A key is made only where the database knows none: a lost key
/// is an error, never a new empty one.
pub async fn unlock(path: &Path, store: &Store, now: Timestamp) -> Result<KeyRing, String> {
    let database = |error: sqlx::Error| format!("The database cannot be read: {error}.");
    let has_key = has_key(store).await.map_err(database)?;
    let keys = match (MasterKeys::read(path)?, has_key) {
        (Some(keys), _) => keys,
        (None, false) => MasterKeys::create(path)?,
        (None, true) => {
            return Err(format!(
                "SEKISHO_MASTER_KEY_FILE: {} is missing, but this database was made with a key. \
                 Copy master.key from the first machine or from your backup.",
                path.display()
            ));
        }
    };
    let mut tx = store.begin().await.map_err(database)?;
    let version = version(&mut tx, &keys, now).await.map_err(database)?;
    let seals = Seals::new(path, &keys, version).map_err(|error| error.to_string())?;
    compare(&mut tx, path, &seals, &keys).await?;
    tx.commit().await.map_err(database)?;
    let digests = digest_keys::load(store, &seals, &keys, now).await;
    Ok(KeyRing::new(seals, digests.map_err(said)?))
}

async fn has_key(store: &Store) -> sqlx::Result<bool> {
    let is_first_known = guards::find(store.read(), &fingerprint_name(1)).await?.is_some();
    Ok(is_first_known || versions::noted(store.read()).await?.is_some())
}

/// The version in use. A database that knows no key begins with the newest of the file.
async fn version(tx: &mut WriteTx, keys: &MasterKeys, now: Timestamp) -> sqlx::Result<u32> {
    if let Some(noted) = versions::noted(&mut **tx).await? {
        return Ok(noted.version);
    }
    let newest = keys.newest();
    if newest == 1 || guards::find(&mut **tx, &fingerprint_name(1)).await?.is_some() {
        return Ok(1);
    }
    versions::note(&mut **tx, InUse { version: newest, since: now }).await?;
    Ok(newest)
}

/// Every version of the file must be the one that the database knows; the one in use must be there.
async fn compare(tx: &mut WriteTx, path: &Path, seals: &Seals, keys: &MasterKeys) -> Result<(), String> {
    let database = |error: sqlx::Error| format!("The database cannot be read: {error}.");
    let in_use = seals.version();
    let Some(fingerprint) = seals.fingerprint(in_use) else {
        return Err(format!(
            "SEKISHO_MASTER_KEY_FILE: {} lacks version {in_use} of the key, which this database is sealed under. \
             Copy master.key from the machine where it was made, or from the backup of this database.",
            path.display()
        ));
    };
    guards::claim(&mut **tx, &fingerprint_name(in_use), &fingerprint).await.map_err(database)?;
    for (version, _) in keys.iter() {
        let known = guards::find(&mut **tx, &fingerprint_name(version)).await.map_err(database)?;
        if known.is_some() && known != seals.fingerprint(version) {
            return Err(format!(
                "SEKISHO_MASTER_KEY_FILE: {} is not the key this database was made with. \
                 Copy master.key from the first machine or from your backup.",
                path.display()
            ));
        }
    }
    Ok(())
}

fn said(failure: Failure) -> String {
    match failure {
        Failure::Broken(cause) | Failure::Unavailable(cause) => format!("The keys of digests cannot be read: {cause}."),
        Failure::Refused(_) => "The database is too busy; try again.".to_owned(),
    }
}
