//! Signing keys.

use super::unique;
use crate::model::Timestamp;
use crate::server::store::{Store, signing_keys};

pub(super) async fn signing(store: &Store, now: Timestamp) {
    let key = |created_at| signing_keys::StoredKey {
        kid: unique("kid"),
        sealed_secret: "sealed".into(),
        created_at,
        retired_at: None,
    };
    let (old, new) = (key(now), key(now.plus_s(1)));
    let mut tx = store.begin().await.unwrap();
    signing_keys::insert(&mut *tx, &old).await.unwrap();
    signing_keys::insert(&mut *tx, &new).await.unwrap();
    assert!(signing_keys::retire_others(&mut *tx, &new.kid, now.plus_s(2)).await.unwrap() >= 1);
    let usable = signing_keys::usable(&mut *tx, now).await.unwrap();
    assert_eq!(usable.first().map(|key| (&key.kid, key.retired_at)), Some((&new.kid, None)));
    assert!(usable.iter().any(|key| key.kid == old.kid && key.retired_at == Some(now.plus_s(2).seconds())));
    assert!(signing_keys::usable(&mut *tx, now.plus_s(2)).await.unwrap().iter().all(|key| key.kid != old.kid));
    assert!(signing_keys::delete_retired(&mut *tx, now.plus_s(2)).await.unwrap() >= 1);
    drop(tx);
}
