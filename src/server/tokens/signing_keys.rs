//! The keys that sign access tokens: sealed in the database, shared by every process.
//!
//! `keys rotate` adds a key; from then on the newest signs, and the retired one verifies for as
//! long as a token of it may live.

use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::keys::{KeyRing, Place, random};
use crate::server::store::signing_keys::{self, StoredKey};
use crate::server::store::{Store, WriteTx, guards};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use std::sync::{Arc, PoisonError, RwLock};

/// Longest life of a token, and the leeway of its check: a retired key is of use no longer.
const OVERLAP_S: i64 = 60 * 60 + super::access::LEEWAY_S;
/// A key dropped by another process is noticed after this long at most.
const MAX_AGE_S: i64 = 60;

/// The keys as this process knows them.
pub struct SigningKeys(RwLock<Known>);

#[derive(Default)]
struct Known {
    keys: Vec<Arc<SigningKey>>,
    loaded_at: Option<Timestamp>,
}

/// One key, ready for use.
pub(super) struct SigningKey {
    pub kid: String,
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
    public: String,
}

/// The public half of a key (RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    pub kid: String,
    /// 32 bytes in base64url.
    pub x: String,
}

impl SigningKeys {
    /// Knows nothing yet; the first use reads the keys.
    pub fn new() -> Self {
        Self(RwLock::default())
    }

    /// The keys that verify, the signing one first.
    pub async fn public(&self, store: &Store, ring: &KeyRing, now: Timestamp) -> Result<Vec<PublicKey>, Failure> {
        let keys = self.fresh(store, ring, now).await?;
        Ok(keys.iter().map(|key| PublicKey { kid: key.kid.clone(), x: key.public.clone() }).collect())
    }

    /// The key that signs. A key rotated away signs for one more second at most, and what it signs
    /// is good for as long as the overlap has room for that.
    pub(super) async fn signing(
        &self,
        store: &Store,
        ring: &KeyRing,
        now: Timestamp,
    ) -> Result<Arc<SigningKey>, Failure> {
        let keys = self.fresh(store, ring, now).await?;
        keys.into_iter().next().ok_or_else(|| Failure::broken("there is no signing key"))
    }

    /// The key of this name. One that is not known is looked for at most once a second.
    pub(super) async fn named(
        &self,
        kid: &str,
        store: &Store,
        ring: &KeyRing,
        now: Timestamp,
    ) -> Result<Option<Arc<SigningKey>>, Failure> {
        let find = |keys: &[Arc<SigningKey>]| keys.iter().find(|key| key.kid == kid).cloned();
        if let (Some(key), true) = (find(&self.known().0), self.age_s(now) < MAX_AGE_S) {
            return Ok(Some(key));
        }
        Ok(find(&self.fresh(store, ring, now).await?))
    }

    async fn fresh(&self, store: &Store, ring: &KeyRing, now: Timestamp) -> Result<Vec<Arc<SigningKey>>, Failure> {
        if self.age_s(now) < 1 { Ok(self.known().0) } else { self.load(store, ring, now).await }
    }

    async fn load(&self, store: &Store, ring: &KeyRing, now: Timestamp) -> Result<Vec<Arc<SigningKey>>, Failure> {
        let stored = signing_keys::usable(store.read(), now.plus_s(-OVERLAP_S)).await?;
        let (known, _) = self.known();
        let keys = stored
            .iter()
            .map(|stored| match known.iter().find(|key| key.kid == stored.kid) {
                Some(key) => Ok(Arc::clone(key)),
                None => unseal(ring, stored).map(Arc::new),
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        if let (Some(new), true) = (keys.first(), self.known().1.is_some())
            && known.first().is_none_or(|old| old.kid != new.kid)
        {
            tracing::info!(kind = "signing_key_changed", kid = new.kid, "Access tokens are signed with another key.");
        }
        let mut slot = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *slot = Known { keys: keys.clone(), loaded_at: Some(now) };
        Ok(keys)
    }

    fn known(&self) -> (Vec<Arc<SigningKey>>, Option<Timestamp>) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (known.keys.clone(), known.loaded_at)
    }

    fn age_s(&self, now: Timestamp) -> i64 {
        let loaded_at = self.0.read().unwrap_or_else(PoisonError::into_inner).loaded_at;
        // A clock that went backwards makes the keys old, not new for ever.
        loaded_at.filter(|at| *at <= now).map_or(i64::MAX, |at| now.seconds() - at.seconds())
    }
}

impl Default for SigningKeys {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes the first key where the database has none; of two processes at once, one does.
pub async fn make_first(store: &Store, ring: &KeyRing, now: Timestamp) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    if guards::claim(&mut *tx, "first signing key", &now.seconds().to_string()).await? {
        add(&mut tx, ring, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Adds a key and retires the others; forgets those of which no token can live. Returns its name.
pub async fn rotate(store: &Store, ring: &KeyRing, now: Timestamp) -> Result<String, Failure> {
    let mut tx = store.begin().await?;
    let kid = add(&mut tx, ring, now).await?;
    signing_keys::retire_others(&mut *tx, &kid, now).await?;
    signing_keys::delete_retired(&mut *tx, now.plus_s(-OVERLAP_S)).await?;
    tx.commit().await?;
    Ok(kid)
}

async fn add(tx: &mut WriteTx, ring: &KeyRing, now: Timestamp) -> Result<String, Failure> {
    let kid = BASE64URL_NOPAD.encode(&random::<12>()?);
    let made = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new());
    let pkcs8 = made.map_err(|_| Failure::broken("a signing key could not be made"))?;
    let sealed_secret = ring.seal(place(&kid), pkcs8.as_ref())?;
    let stored = StoredKey { kid, sealed_secret, created_at: now, retired_at: None };
    signing_keys::insert(&mut **tx, &stored).await?;
    Ok(stored.kid)
}

fn unseal(ring: &KeyRing, stored: &StoredKey) -> Result<SigningKey, Failure> {
    let pkcs8 = ring.open(place(&stored.kid), &stored.sealed_secret)?;
    let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| Failure::broken("a signing key cannot be read"))?;
    let public = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
    let decoding = DecodingKey::from_ed_components(&public).map_err(|cause| Failure::Broken(cause.into()))?;
    Ok(SigningKey { kid: stored.kid.clone(), encoding: EncodingKey::from_ed_der(&pkcs8), decoding, public })
}

fn place(kid: &str) -> Place<'_> {
    Place { table: "signing_keys", column: "sealed_secret", owner: kid }
}
