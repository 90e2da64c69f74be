//! Accounts, what they may do, what happened to them, and their end.

use super::unique;
use crate::model::{AccountId, Language, Timestamp};
use crate::server::store::{Store, accounts, departures, events, guards, people};

pub async fn account(store: &Store, now: Timestamp) -> AccountId {
    let (id, email) = (AccountId::from(unique("id")), unique("ada@example.test"));
    let mut tx = store.begin().await.unwrap();
    let new = || accounts::NewAccount {
        id: &id,
        email: &email,
        email_key: &email,
        password_hash: "old",
        language: Language::En,
        verify_by: None,
    };
    assert!(accounts::insert(&mut *tx, new(), now).await.unwrap());
    assert!(
        !accounts::insert(&mut *tx, accounts::NewAccount { id: &AccountId::from(unique("other")), ..new() }, now)
            .await
            .unwrap()
    );
    assert!(accounts::upgrade_hash(&mut *tx, &id, "old", "new").await.unwrap());
    assert!(!accounts::upgrade_hash(&mut *tx, &id, "old", "newer").await.unwrap());
    let name = unique("guard");
    assert!(guards::claim(&mut *tx, &name, "first").await.unwrap());
    assert!(!guards::claim(&mut *tx, &name, "second").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(guards::find(store.read(), &name).await.unwrap().as_deref(), Some("first"));
    let mut tx = store.begin().await.unwrap();
    guards::put(&mut *tx, &name, "third").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(guards::find(store.read(), &name).await.unwrap().as_deref(), Some("third"));
    let found = accounts::find_by_email(store.read(), &email).await.unwrap().unwrap();
    assert_eq!((found.id.as_str(), found.password_hash.as_str(), found.disabled_at), (id.as_str(), "new", None));
    assert_eq!(accounts::email_of(store.read(), &id).await.unwrap(), Some(found.email));
    id
}

pub(super) async fn people_of(store: &Store, ada: &AccountId, now: Timestamp) {
    let mut tx = store.begin().await.unwrap();
    assert!(people::lock(&mut *tx, ada).await.unwrap());
    assert!(!people::lock(&mut *tx, &AccountId::from(unique("nobody"))).await.unwrap());
    let before = people::count_active_superusers(&mut *tx).await.unwrap();
    people::mark(&mut *tx, ada, people::Mark::Superuser, Some(now)).await.unwrap();
    assert_eq!(people::count_active_superusers(&mut *tx).await.unwrap(), before + 1);
    people::mark(&mut *tx, ada, people::Mark::Disabled, Some(now)).await.unwrap();
    people::mark(&mut *tx, ada, people::Mark::Verified, Some(now)).await.unwrap();
    people::mark(&mut *tx, ada, people::Mark::Verified, None).await.unwrap();
    assert_eq!(people::count_active_superusers(&mut *tx).await.unwrap(), before);
    let found = people::find(&mut *tx, ada).await.unwrap().unwrap();
    let marks = (found.verified_at, found.disabled_at, found.superuser_at);
    assert_eq!(marks, (None, Some(now.seconds()), Some(now.seconds())));
    people::set_password(&mut *tx, ada, "newest").await.unwrap();
    assert_eq!(people::password_of(&mut *tx, ada).await.unwrap().as_deref(), Some("newest"));
    let name = unique("new_x");
    let new = || people::NewEmail { address: &name, key: &name, verified_at: None };
    assert!(people::set_email(&mut *tx, ada, new()).await.unwrap());
    let pattern = format!("%{}%", name.replace('_', "\\_"));
    assert_eq!(people::count(&mut *tx, &pattern).await.unwrap(), 1);
    let listed = people::list(&mut *tx, &pattern, 10, 0).await.unwrap();
    assert_eq!(listed.first().map(|person| &person.email), Some(&name));
    assert!(people::list(&mut *tx, &pattern, 10, 1).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let eve = account(store, now).await;
    let mut tx = store.begin().await.unwrap();
    assert!(!people::set_email(&mut *tx, &eve, new()).await.unwrap());
    drop(tx);
    departure(store, &eve, now).await;
    let mut tx = store.begin().await.unwrap();
    assert!(people::delete(&mut *tx, ada).await.unwrap());
    assert!(!people::delete(&mut *tx, ada).await.unwrap());
    tx.commit().await.unwrap();
    store.health().is_ready(store).await.unwrap();
    assert_eq!(store.health().look_through().await.unwrap(), None);
}

async fn departure(store: &Store, eve: &AccountId, now: Timestamp) {
    let mut tx = store.begin().await.unwrap();
    assert!(departures::schedule(&mut *tx, eve, now).await.unwrap());
    assert!(!departures::schedule(&mut *tx, eve, now.plus_s(1)).await.unwrap());
    assert!(departures::due(&mut *tx, now, 100).await.unwrap().iter().any(|id| id == eve.as_str()));
    assert!(departures::due(&mut *tx, now.plus_s(-1), 100).await.unwrap().is_empty());
    assert!(departures::cancel(&mut *tx, eve).await.unwrap());
    assert!(!departures::cancel(&mut *tx, eve).await.unwrap());
    assert!(!departures::complete(&mut *tx, eve, now).await.unwrap(), "its owner came back");
    assert!(departures::schedule(&mut *tx, eve, now).await.unwrap());
    assert!(departures::complete(&mut *tx, eve, now).await.unwrap());
    tx.commit().await.unwrap();
}

async fn happened(store: &Store, account: &AccountId, facts: &[(Timestamp, &str)]) {
    let mut tx = store.begin().await.unwrap();
    for &(at, kind) in facts {
        let id = unique("event");
        let origin = events::NewOrigin { address: "a", agent: "b", salt: "s" };
        let new = events::NewEvent { id: &id, account, at, kind, origin_digest: "d", proof: "p", origin };
        events::insert(&mut tx, &new).await.unwrap();
    }
    tx.commit().await.unwrap();
}

pub(super) async fn history(store: &Store, ada: &AccountId, now: Timestamp) {
    let later = now.plus_s(5);
    happened(store, ada, &[(now, "logged_in"), (later, "logged_in"), (later, "logged_out")]).await;
    assert_eq!(
        events::newest(store.read(), ada, i64::MAX, 2).await.unwrap().first().map(|e| e.kind.clone()),
        Some("logged_out".into())
    );
    let newest = events::newest(store.read(), ada, i64::MAX, 9).await.unwrap();
    assert_eq!(newest.iter().map(|e| e.nth).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(events::newest(store.read(), ada, 3, 1).await.unwrap().first().map(|e| e.nth), Some(2));
    let last = events::newest_of(store.read(), ada, "logged_in").await.unwrap().unwrap();
    assert_eq!((last.nth, last.address.as_str()), (2, "a"));
    assert!(events::newest_of(store.read(), ada, "registered").await.unwrap().is_none());
    let last_login_but = |own| events::last_login_but(store.read(), ada, own);
    assert_eq!(last_login_but(later).await.unwrap().map(|e| e.at), Some(now), "the one before mine");
    assert_eq!(last_login_but(now).await.unwrap().map(|e| e.at), Some(later), "one after mine too");
    let latest = now.plus_s(20);
    happened(store, ada, &[(latest, "logged_in_with_recovery_code"), (latest, "password_refused")]).await;
    assert_eq!(last_login_but(now).await.unwrap().map(|e| e.at), Some(latest), "of either kind");
    assert_eq!(last_login_but(latest).await.unwrap().map(|e| e.at), Some(later));
}
