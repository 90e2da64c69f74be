//! What an event carries to prove that it is as it was written: a digest of its personal part, and
//! a proof that it was this server that wrote it.

use super::Origin;
use crate::model::AccountId;
use crate::server::failure::Failure;
use crate::server::keys::{AuditKey, DigestKey, KeyError};
use crate::server::services::Services;
use crate::server::store::audit_chain::Entry;
use crate::server::store::events::{self, NewEvent, NewOrigin};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Every key of the history by its number.
pub(super) type Keys = BTreeMap<i64, DigestKey>;

/// Whose event it is.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    Owners(&'a AccountId),
    /// Of an account that there is not, though it has an id.
    Nobodys(&'a AccountId),
}

/// Writes an event; takes as long whosever it is.
pub(super) async fn write(
    services: &Services,
    db: &mut AnyConnection,
    whose: Whose<'_>,
    kind: &str,
    origin: &Origin,
) -> Result<(), Failure> {
    let (Whose::Owners(account) | Whose::Nobodys(account)) = whose;
    let (id, at, salt) = (uuid::Uuid::new_v4().to_string(), services.clock.now(), DigestKey::new()?);
    // A salt of its own: once it is erased with the rest, no address can be tried against the digest.
    let origin_digest = salt.digest(&[&origin.address, &origin.agent])?;
    let AuditKey { number, key } = services.keys.audit_key();
    let digest = key.digest(&["event", &id, account.as_str(), &at.seconds().to_string(), kind, &origin_digest])?;
    let proof = format!("{number}.{digest}");
    let personal = NewOrigin { address: &origin.address, agent: &origin.agent, salt: &salt.text() };
    let new = NewEvent { id: &id, account, at, kind, origin_digest: &origin_digest, proof: &proof, origin: personal };
    Ok(match whose {
        Whose::Owners(_) => events::insert(db, &new).await,
        Whose::Nobodys(_) => events::insert_nobodys(db, &new).await,
    }?)
}

/// True if a server that holds one of `keys` wrote the event, and wrote it so.
pub(super) fn is_ours(keys: &Keys, entry: &Entry) -> Result<bool, KeyError> {
    let Some((number, digest)) = entry.proof.split_once('.') else { return Ok(false) };
    let Some(key) = number.parse().ok().and_then(|number: i64| keys.get(&number)) else { return Ok(false) };
    let (at, digest_of_origin) = (entry.at.to_string(), &entry.origin_digest);
    key.made(digest, &["event", &entry.id, &entry.account_id, &at, &entry.kind, digest_of_origin])
}

/// What the personal part of an event turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Personal {
    AsWritten,
    /// Erased with its account, which is as it should be.
    Erased,
    Edited,
    /// Not there though its account is.
    Removed,
}

/// Looks at the personal part of an event, whose digest is `digest`.
pub(super) fn personal(entry: &Entry, digest: &str) -> Result<Personal, KeyError> {
    let (Some(address), Some(agent), Some(salt)) = (&entry.address, &entry.agent, &entry.salt) else {
        return Ok(if entry.owner.is_some() { Personal::Removed } else { Personal::Erased });
    };
    // A salt that cannot be read is none of ours.
    let Ok(salt) = DigestKey::from_text(salt) else { return Ok(Personal::Edited) };
    Ok(if salt.made(digest, &[address, agent])? { Personal::AsWritten } else { Personal::Edited })
}

/// The hash of a link: covers its event, its position and the hash before.
pub(super) fn link_hash(
    key: &DigestKey,
    before: &str,
    position: i64,
    (entry, old_digest): (&Entry, Option<&str>),
) -> Result<String, KeyError> {
    let [position, at, nth] = [position, entry.at, entry.nth].map(|number| number.to_string());
    let Entry { id, account_id, kind, origin_digest, proof, .. } = entry;
    let [age, old_digest] = old_digest.map_or(["new", ""], |digest| ["old", digest]);
    key.digest(&["link", before, &position, id, account_id, &at, kind, &nth, origin_digest, proof, age, old_digest])
}
