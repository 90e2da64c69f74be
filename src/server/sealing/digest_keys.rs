//! Keys of digests: made once, kept sealed in the database.

use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::{AuditKey, DigestKey, DigestKeys, MasterKeys, Place, Seals, first_digest_keys};
use crate::server::services::Services;
use crate::server::store::digest_keys::{self, StoredDigestKey};
use crate::server::store::{Store, WriteTx};
use std::collections::BTreeMap;

const AUDIT: &str = "audit";
const LIMITS: &str = "limits";
const RECOVERY_CODES: &str = "recovery_codes";
const SETTINGS: &str = "settings";

/// The keys of digests of this database; those it lacks are made.
pub async fn load(store: &Store, seals: &Seals, keys: &MasterKeys, now: Timestamp) -> Result<DigestKeys, Failure> {
    if newest(store, seals, RECOVERY_CODES).await?.is_none() || newest(store, seals, AUDIT).await?.is_none() {
        let mut tx = store.begin().await?;
        make_first(&mut tx, seals, keys, now).await?;
        tx.commit().await?;
    }
    let missing = || Failure::broken("a key of digests is missing in the database");
    let (_, recovery_codes) = newest(store, seals, RECOVERY_CODES).await?.ok_or_else(missing)?;
    let (_, limits) = newest(store, seals, LIMITS).await?.ok_or_else(missing)?;
    let (number, key) = newest(store, seals, AUDIT).await?.ok_or_else(missing)?;
    let (_, settings) = newest(store, seals, SETTINGS).await?.ok_or_else(missing)?;
    Ok(DigestKeys { recovery_codes, limits, settings, audit: AuditKey { number, key } })
}

/// Every key of the history by its number. The newest one proves from now on what this server writes.
pub async fn audit_keys(services: &Services) -> Result<BTreeMap<i64, DigestKey>, Failure> {
    let stored = digest_keys::of(services.store.read(), AUDIT).await?;
    let opened = stored.iter().map(|stored| {
        let bytes = services.keys.open(place(&stored.id), &stored.sealed_key)?;
        Ok((stored.number, DigestKey::from_bytes(&bytes)?))
    });
    let keys: BTreeMap<i64, DigestKey> = opened.collect::<Result<_, Failure>>()?;
    if let Some((number, key)) = keys.last_key_value() {
        services.keys.follow_audit_key(AuditKey { number: *number, key: key.clone() });
    }
    Ok(keys)
}

/// Adds a key of the history, which takes over.
pub(super) async fn add_audit_key(tx: &mut WriteTx, seals: &Seals, now: Timestamp) -> Result<(), Failure> {
    let newest = digest_keys::of(&mut **tx, AUDIT).await?.first().map_or(0, |stored| stored.number);
    let new = sealed(seals, AUDIT, newest + 1, &DigestKey::new()?)?;
    digest_keys::claim(&mut **tx, &new, now).await?;
    Ok(())
}

fn place(id: &str) -> Place<'_> {
    Place { table: "digest_keys", column: "sealed_key", owner: id }
}

async fn make_first(tx: &mut WriteTx, seals: &Seals, keys: &MasterKeys, now: Timestamp) -> Result<(), Failure> {
    // Databases of before hold digests under the keys that follow from their master key.
    let [recovery_codes, limits, settings] = first_digest_keys(keys)?;
    let first = [(RECOVERY_CODES, recovery_codes), (LIMITS, limits), (SETTINGS, settings), (AUDIT, DigestKey::new()?)];
    for (purpose, key) in first {
        digest_keys::claim(&mut **tx, &sealed(seals, purpose, 1, &key)?, now).await?;
    }
    Ok(())
}

fn sealed(seals: &Seals, purpose: &str, number: i64, key: &DigestKey) -> Result<StoredDigestKey, Failure> {
    let id = format!("{purpose} {number}");
    let sealed_key = seals.seal(place(&id), key.bytes())?;
    Ok(StoredDigestKey { id, purpose: purpose.to_owned(), number, sealed_key })
}

async fn newest(store: &Store, seals: &Seals, purpose: &str) -> Result<Option<(i64, DigestKey)>, Failure> {
    let stored = digest_keys::of(store.read(), purpose).await?;
    let Some(stored) = stored.first() else { return Ok(None) };
    let bytes = seals.open(place(&stored.id), &stored.sealed_key)?;
    Ok(Some((stored.number, DigestKey::from_bytes(&bytes)?)))
}
