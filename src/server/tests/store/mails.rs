//! Links and mails, and the counters of who asks for them.

use super::unique;
use crate::model::{AccountId, Timestamp};
use crate::server::store::{Store, limits, link_requests, one_time_tokens, outbox, sweep};

pub(super) async fn one_time(store: &Store, ada: &AccountId, now: Timestamp) {
    let token = |purpose: &str| one_time_tokens::OneTimeToken {
        digest: unique("digest"),
        purpose: purpose.into(),
        account_id: ada.clone(),
        email: "ada@example.test".into(),
        created_at: now,
        expires_at: now.plus_s(10),
    };
    let (reset, verify) = (token("reset_password"), token("verify_email"));
    let mut tx = store.begin().await.unwrap();
    one_time_tokens::insert(&mut *tx, &reset).await.unwrap();
    one_time_tokens::insert(&mut *tx, &verify).await.unwrap();
    let found = one_time_tokens::find(&mut *tx, &reset.digest, "reset_password", now).await.unwrap().unwrap();
    assert_eq!((found.account_id, found.email), (ada.clone(), reset.email.clone()));
    assert!(one_time_tokens::find(&mut *tx, &reset.digest, "verify_email", now).await.unwrap().is_none());
    assert!(one_time_tokens::find(&mut *tx, &reset.digest, "reset_password", now.plus_s(10)).await.unwrap().is_none());
    assert!(!one_time_tokens::spend(&mut *tx, &reset.digest, "verify_email", now).await.unwrap());
    assert!(!one_time_tokens::spend(&mut *tx, &reset.digest, "reset_password", now.plus_s(10)).await.unwrap());
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "reset_password", now).await.unwrap(), 1);
    assert!(one_time_tokens::spend(&mut *tx, &reset.digest, "reset_password", now).await.unwrap());
    assert!(!one_time_tokens::spend(&mut *tx, &reset.digest, "reset_password", now).await.unwrap());
    one_time_tokens::delete_of(&mut *tx, ada, "reset_password").await.unwrap();
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "verify_email", now).await.unwrap(), 1);
    one_time_tokens::delete_expired(&mut *tx, now.plus_s(10)).await.unwrap();
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "verify_email", now).await.unwrap(), 0);
    for purpose in ["verify_email", "change_email", "reset_password", "not_me", "undo_email"] {
        one_time_tokens::insert(&mut *tx, &token(purpose)).await.unwrap();
    }
    let mut live = Vec::new();
    one_time_tokens::delete_younger_of(&mut *tx, ada, "undo_email", now.plus_s(1)).await.unwrap();
    one_time_tokens::delete_powers_of(&mut *tx, ada).await.unwrap();
    for purpose in ["verify_email", "change_email", "reset_password", "not_me", "undo_email"] {
        live.push(one_time_tokens::count_live(&mut *tx, ada, purpose, now).await.unwrap());
    }
    assert_eq!(live, [1, 0, 0, 1, 1]);
    one_time_tokens::delete_requests_of(&mut *tx, ada).await.unwrap();
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "verify_email", now).await.unwrap(), 0);
    one_time_tokens::delete_younger_of(&mut *tx, ada, "undo_email", now).await.unwrap();
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "undo_email", now).await.unwrap(), 0);
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "not_me", now).await.unwrap(), 1);
    one_time_tokens::insert(&mut *tx, &token("change_email")).await.unwrap();
    let newest = one_time_tokens::newest_email(&mut *tx, ada, "change_email", now).await.unwrap();
    assert_eq!(newest.as_deref(), Some("ada@example.test"));
    assert_eq!(one_time_tokens::newest_email(&mut *tx, ada, "change_email", now.plus_s(10)).await.unwrap(), None);
    one_time_tokens::delete_all_of(&mut *tx, ada).await.unwrap();
    assert_eq!(one_time_tokens::count_live(&mut *tx, ada, "change_email", now).await.unwrap(), 0);
    tx.commit().await.unwrap();
}

pub(super) async fn mails(store: &Store, now: Timestamp) {
    let ids = [unique("mail"), unique("mail"), unique("mail")];
    let mut tx = store.begin().await.unwrap();
    for id in &ids {
        let new =
            outbox::NewMessage { id, kind: "reset_password", sealed_message: "s", now, expires_at: now.plus_s(60) };
        outbox::insert(&mut *tx, new).await.unwrap();
    }
    let [sent, refused, late] = &ids;
    let claimed = outbox::claim(&mut *tx, sent, now, now.plus_s(9)).await.unwrap().unwrap();
    assert_eq!((claimed.kind.as_str(), claimed.tries, claimed.expires_at), ("reset_password", 1, now.plus_s(60)));
    assert!(outbox::claim(&mut *tx, sent, now, now.plus_s(9)).await.unwrap().is_none(), "taken");
    outbox::postpone(&mut *tx, sent, now.plus_s(2)).await.unwrap();
    assert!(outbox::claim(&mut *tx, sent, now.plus_s(1), now.plus_s(9)).await.unwrap().is_none());
    assert_eq!(outbox::claim(&mut *tx, sent, now.plus_s(2), now.plus_s(9)).await.unwrap().unwrap().tries, 2);
    outbox::delivered(&mut *tx, sent, now.plus_s(3)).await.unwrap();
    outbox::drop(&mut *tx, refused, now.plus_s(3)).await.unwrap();
    assert_eq!(outbox::waiting(&mut *tx, refused).await.unwrap(), None);
    assert_eq!(outbox::waiting(&mut *tx, late).await.unwrap().as_deref(), Some("s"));
    let due = outbox::due(&mut *tx, now.plus_s(9), 1000).await.unwrap();
    assert!(due.contains(late) && !due.contains(sent) && !due.contains(refused));
    let rows = outbox::list(&mut *tx, 1000).await.unwrap();
    let row = |id: &String| rows.iter().find(|row| row.id == *id).map(|row| (row.delivered_at, row.dropped_at));
    let at = now.plus_s(3).seconds();
    assert_eq!(
        (row(sent), row(refused), row(late)),
        (Some((Some(at), None)), Some((None, Some(at))), Some((None, None)))
    );
    for what in sweep::OVER {
        sweep::delete(&mut *tx, what, now.plus_s(9), 1000).await.unwrap();
    }
    assert!(outbox::waiting(&mut *tx, late).await.unwrap().is_some());
    // Not committed: other tests share the database.
    drop(tx);
}

pub(super) async fn links_asked_for(store: &Store, now: Timestamp) {
    let request = |seconds: i64| link_requests::LinkRequest {
        id: unique("request"),
        purpose: "verify_email".into(),
        email_key: "ada@example.test".into(),
        address: "192.0.2.1".into(),
        agent: "x".into(),
        asked_at: now.plus_s(seconds),
    };
    let (younger, older) = (request(1), request(0));
    let mut tx = store.begin().await.unwrap();
    link_requests::insert(&mut *tx, &younger).await.unwrap();
    link_requests::insert(&mut *tx, &older).await.unwrap();
    let found = link_requests::oldest(&mut *tx, 1).await.unwrap();
    assert_eq!((found.len(), &found[0].id, found[0].asked_at), (1, &older.id, now));
    for id in [&younger.id, &older.id] {
        assert!(link_requests::take(&mut *tx, id).await.unwrap());
        assert!(!link_requests::take(&mut *tx, id).await.unwrap());
    }
    tx.commit().await.unwrap();
}

pub(super) async fn counters(store: &Store, now: Timestamp) {
    let (name, kind) = (unique("limit"), unique("kind"));
    assert_eq!(limits::find(store.read(), &name).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    let before = limits::lock(&mut *tx, &name, &kind).await.unwrap();
    assert_eq!(before, limits::Count::default());
    let after = limits::Count { failures: 3, until: now.seconds() + 9, told_until: 5 };
    assert!(limits::advance(&mut *tx, &name, before, after, now.plus_s(10)).await.unwrap());
    assert!(!limits::advance(&mut *tx, &name, before, after, now.plus_s(10)).await.unwrap());
    assert_eq!(limits::lock(&mut *tx, &name, &kind).await.unwrap(), after);
    tx.commit().await.unwrap();
    assert_eq!(limits::find(store.read(), &name).await.unwrap(), Some(after));
    assert_eq!(limits::count(store.read(), &kind).await.unwrap(), 1);
    assert!(!limits::over(store.read(), now.plus_s(9), 1_000_000).await.unwrap().contains(&name));
    assert!(limits::over(store.read(), now.plus_s(10), 1_000_000).await.unwrap().contains(&name));
    let mut tx = store.begin().await.unwrap();
    assert!(!limits::delete_over(&mut *tx, &name, now.plus_s(9)).await.unwrap());
    assert!(limits::delete_over(&mut *tx, &name, now.plus_s(10)).await.unwrap());
    limits::lock(&mut *tx, &name, &kind).await.unwrap();
    limits::delete(&mut *tx, &name).await.unwrap();
    assert_eq!(limits::find(&mut *tx, &name).await.unwrap(), None);
    tx.commit().await.unwrap();
}
