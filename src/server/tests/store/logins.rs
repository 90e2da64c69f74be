//! The second factor, logins half done and done, the browsers that did them.

use super::unique;
use crate::model::{AccountId, Timestamp};
use crate::server::store::{Store, authenticators, devices, enrolments, pending_logins, recovery_codes, sessions};

pub(super) async fn second_factor(store: &Store, ada: &AccountId, now: Timestamp) {
    let (holder, digest) = (unique("holder"), unique("digest"));
    let mut tx = store.begin().await.unwrap();
    for sealed_secret in ["first", "second"] {
        let (account, holder, expires_at, kind) = (ada, holder.as_str(), now.plus_s(10), "replacement");
        let new = enrolments::NewEnrolment { holder, account, sealed_secret, expires_at, kind };
        enrolments::put(&mut *tx, new).await.unwrap();
    }
    let shown = enrolments::find(&mut *tx, &holder, now).await.unwrap();
    assert_eq!(shown, Some(("second".to_owned(), "replacement".to_owned())));
    assert_eq!(enrolments::find(&mut *tx, &holder, now.plus_s(10)).await.unwrap(), None);
    assert!(!enrolments::take(&mut *tx, &holder, "first").await.unwrap());
    assert!(enrolments::take(&mut *tx, &holder, "second").await.unwrap());
    assert!(!enrolments::take(&mut *tx, &holder, "second").await.unwrap());
    enrolments::delete_all_of(&mut *tx, ada).await.unwrap();
    assert_eq!(enrolments::find(&mut *tx, &holder, now).await.unwrap(), None);
    let new = || authenticators::NewAuthenticator { account: ada, sealed_secret: "s", last_step: 5 };
    assert!(authenticators::insert(&mut *tx, new(), now).await.unwrap());
    assert!(!authenticators::insert(&mut *tx, new(), now).await.unwrap());
    assert!(!authenticators::spend_step(&mut *tx, ada, 5).await.unwrap());
    assert!(authenticators::spend_step(&mut *tx, ada, 6).await.unwrap());
    let found = authenticators::find(&mut *tx, ada).await.unwrap().unwrap();
    assert_eq!((found.sealed_secret.as_str(), found.last_step), ("s", 6));
    let other = authenticators::NewAuthenticator { sealed_secret: "other", last_step: 4, ..new() };
    assert!(authenticators::replace(&mut *tx, other, now).await.unwrap());
    let found = authenticators::find(&mut *tx, ada).await.unwrap().unwrap();
    assert_eq!((found.sealed_secret.as_str(), found.last_step), ("other", 4));
    assert!(authenticators::delete(&mut *tx, ada).await.unwrap());
    assert!(!authenticators::delete(&mut *tx, ada).await.unwrap());
    assert!(!authenticators::replace(&mut *tx, new(), now).await.unwrap());
    recovery_codes::insert(&mut *tx, ada, &digest, now).await.unwrap();
    assert_eq!(recovery_codes::count_left(&mut *tx, ada).await.unwrap(), 1);
    assert!(recovery_codes::spend(&mut *tx, ada, &digest, now).await.unwrap());
    assert!(!recovery_codes::spend(&mut *tx, ada, &digest, now).await.unwrap());
    assert_eq!(recovery_codes::count_left(&mut *tx, ada).await.unwrap(), 0);
    recovery_codes::delete_all_of(&mut *tx, ada).await.unwrap();
    recovery_codes::set_confirmed(&mut *tx, ada, Some(now)).await.unwrap();
    assert_eq!(recovery_codes::confirmed_at(&mut *tx, ada).await.unwrap(), Some(now.seconds()));
    recovery_codes::set_confirmed(&mut *tx, ada, None).await.unwrap();
    assert_eq!(recovery_codes::confirmed_at(&mut *tx, ada).await.unwrap(), None);
    tx.commit().await.unwrap();
}

pub(super) async fn pending(store: &Store, ada: &AccountId, now: Timestamp) {
    let login = pending_logins::PendingLogin {
        digest: unique("digest"),
        account_id: ada.clone(),
        step: "code".into(),
        tries_left: 2,
        stay: "short".into(),
        next_path: "/dashboard".into(),
        expires_at: now.plus_s(10),
        offset_steps: None,
        kind: "browser".into(),
    };
    let mut tx = store.begin().await.unwrap();
    pending_logins::insert(&mut *tx, &login).await.unwrap();
    pending_logins::note_offset(&mut *tx, &login.digest, Some(-3)).await.unwrap();
    let found = pending_logins::find(&mut *tx, &login.digest, "browser", now).await.unwrap().unwrap();
    assert!(pending_logins::find(&mut *tx, &login.digest, "bearer", now).await.unwrap().is_none());
    assert_eq!((found.tries_left, found.offset_steps, found.next_path.as_str()), (2, Some(-3), "/dashboard"));
    assert!(pending_logins::take_try(&mut *tx, &login.digest, now.plus_s(10)).await.unwrap().is_none());
    assert_eq!(pending_logins::take_try(&mut *tx, &login.digest, now).await.unwrap().map(|l| l.tries_left), Some(1));
    assert_eq!(pending_logins::take_try(&mut *tx, &login.digest, now).await.unwrap().map(|l| l.tries_left), Some(0));
    assert!(pending_logins::take_try(&mut *tx, &login.digest, now).await.unwrap().is_none());
    assert!(pending_logins::delete(&mut *tx, &login.digest).await.unwrap());
    assert!(!pending_logins::delete(&mut *tx, &login.digest).await.unwrap());
    pending_logins::insert(&mut *tx, &login).await.unwrap();
    pending_logins::delete_all_of(&mut *tx, ada).await.unwrap();
    assert!(!pending_logins::delete(&mut *tx, &login.digest).await.unwrap());
    tx.commit().await.unwrap();
}

pub(super) async fn session(store: &Store, ada: &AccountId, now: Timestamp) {
    let session = sessions::Session {
        digest: unique("digest"),
        account_id: ada.clone(),
        created_at: now,
        last_seen_at: now,
        idle_s: 100,
        expires_at: now.plus_s(1000),
        address: "192.0.2.1".into(),
        agent: "x".into(),
        kind: "jwt".into(),
        proved_at: now,
    };
    let other = sessions::Session { digest: unique("other"), ..session.clone() };
    let mut tx = store.begin().await.unwrap();
    sessions::insert(&mut *tx, &session).await.unwrap();
    sessions::insert(&mut *tx, &other).await.unwrap();
    assert!(sessions::find_live(&mut *tx, &session.digest, "jwt", now.plus_s(100)).await.unwrap().is_none());
    sessions::touch(&mut *tx, &session.digest, now.plus_s(59)).await.unwrap();
    sessions::touch(&mut *tx, &session.digest, now.plus_s(60)).await.unwrap();
    let found = sessions::find_live(&mut *tx, &session.digest, "jwt", now.plus_s(100)).await.unwrap().unwrap();
    assert_eq!((found.session.last_seen_at, found.superuser_at), (now.plus_s(60), None));
    assert!(sessions::find_live(&mut *tx, &session.digest, "bearer", now.plus_s(100)).await.unwrap().is_none());
    assert_eq!(sessions::live_of(&mut *tx, ada, now).await.unwrap().len(), 2);
    sessions::put_sheet(&mut *tx, &session.digest, "sealed", now.plus_s(10)).await.unwrap();
    let sheet = sessions::find_sheet(&mut *tx, &session.digest, now).await.unwrap();
    assert_eq!(sheet, Some(("sealed".to_owned(), now.plus_s(10).seconds())));
    assert!(!sessions::erase_sheet(&mut *tx, &session.digest, "newer").await.unwrap());
    assert!(sessions::erase_sheet(&mut *tx, &session.digest, "sealed").await.unwrap());
    assert_eq!(sessions::find_sheet(&mut *tx, &session.digest, now).await.unwrap(), None);
    sessions::put_sheet(&mut *tx, &session.digest, "sealed", now.plus_s(10)).await.unwrap();
    sessions::erase_sheets_of(&mut *tx, ada).await.unwrap();
    assert_eq!(sessions::find_sheet(&mut *tx, &session.digest, now).await.unwrap(), None);
    assert_eq!(sessions::delete_others(&mut *tx, ada, &session.digest).await.unwrap(), 1);
    let (new, later) = (unique("new"), now.plus_s(60));
    assert!(sessions::renew(&mut *tx, &session.digest, &new, later).await.unwrap());
    assert!(!sessions::renew(&mut *tx, &session.digest, &new, later).await.unwrap());
    let found = sessions::find_live(&mut *tx, &new, "jwt", later).await.unwrap().unwrap().session;
    assert_eq!((found.proved_at, found.created_at), (later, now));
    assert!(sessions::renew(&mut *tx, &new, &session.digest, later).await.unwrap());
    let nobody = AccountId::from(unique("nobody"));
    assert!(!sessions::delete_one_of(&mut *tx, &nobody, &session.digest).await.unwrap());
    assert!(sessions::delete_one_of(&mut *tx, ada, &session.digest).await.unwrap());
    sessions::insert(&mut *tx, &session).await.unwrap();
    for (kind, at) in [("browser", now), ("jwt", now.plus_s(100)), ("jwt", now.plus_s(1000))] {
        assert_eq!(sessions::delete_live(&mut *tx, &session.digest, kind, at).await.unwrap(), None);
    }
    assert_eq!(sessions::delete_live(&mut *tx, &session.digest, "jwt", now).await.unwrap().as_ref(), Some(ada));
    assert_eq!(sessions::delete_live(&mut *tx, &session.digest, "jwt", now).await.unwrap(), None);
    sessions::insert(&mut *tx, &session).await.unwrap();
    assert!(sessions::exists(&mut *tx, &session.digest).await.unwrap());
    assert!(sessions::delete(&mut *tx, &session.digest).await.unwrap());
    assert!(!sessions::delete(&mut *tx, &session.digest).await.unwrap());
    assert!(!sessions::exists(&mut *tx, &session.digest).await.unwrap());
    for number in 0..4 {
        let (digest, last_seen_at) = (unique("many"), now.plus_s(number));
        sessions::insert(&mut *tx, &sessions::Session { digest, last_seen_at, ..session.clone() }).await.unwrap();
    }
    let oldest = sessions::live_of(&mut *tx, ada, now).await.unwrap().pop().unwrap().digest;
    assert_eq!(sessions::delete_surplus(&mut *tx, ada, &oldest, 2).await.unwrap(), 1);
    assert!(sessions::exists(&mut *tx, &oldest).await.unwrap());
    assert_eq!(sessions::delete_all_of(&mut *tx, ada).await.unwrap(), 3);
    tx.commit().await.unwrap();
}

pub(super) async fn browsers(store: &Store, ada: &AccountId, now: Timestamp) {
    let (digest, other) = (unique("device"), AccountId::from(unique("id")));
    let mut tx = store.begin().await.unwrap();
    devices::insert(&mut *tx, &digest, ada, now, now.plus_s(10)).await.unwrap();
    for (account, at, is_known) in
        [(ada, 0, true), (ada, 10, false), (&other, 0, false), (ada, 9, true), (ada, 9, false)]
    {
        let taken = devices::take_try(&mut *tx, &digest, account, now.plus_s(at), 2).await.unwrap();
        assert_eq!(taken, is_known, "{at}");
    }
    devices::give_back(&mut *tx, &digest).await.unwrap();
    assert!(devices::take_try(&mut *tx, &digest, ada, now, 2).await.unwrap());
    devices::clear(&mut *tx, &digest).await.unwrap();
    assert!(devices::take_try(&mut *tx, &digest, ada, now, 1).await.unwrap());
    assert!(!devices::renew(&mut *tx, &digest, &other, now, now.plus_s(20)).await.unwrap());
    assert!(devices::renew(&mut *tx, &digest, ada, now.plus_s(9), now.plus_s(20)).await.unwrap());
    assert!(devices::take_try(&mut *tx, &digest, ada, now.plus_s(19), 1).await.unwrap(), "a login clears its failures");
    let newer = unique("device");
    devices::insert(&mut *tx, &newer, ada, now.plus_s(10), now.plus_s(30)).await.unwrap();
    devices::delete_surplus(&mut *tx, ada, 1).await.unwrap();
    assert!(!devices::take_try(&mut *tx, &digest, ada, now, 9).await.unwrap(), "the one seen last is kept");
    devices::delete_expired(&mut *tx, now.plus_s(29)).await.unwrap();
    assert!(devices::take_try(&mut *tx, &newer, ada, now, 9).await.unwrap());
    devices::delete_expired(&mut *tx, now.plus_s(30)).await.unwrap();
    assert!(!devices::take_try(&mut *tx, &newer, ada, now, 9).await.unwrap());
    tx.commit().await.unwrap();
}
