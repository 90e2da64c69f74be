//! Every store function on SQLite, and on PostgreSQL where `TEST_DATABASE_URL` is set.

use super::app::Folder;
use super::database;
use crate::model::{AccountId, Language, Timestamp};
use crate::server::keys::random;
use crate::server::store::{
    Store, accounts, authenticators, departures, devices, enrolments, events, guards, limits, link_requests,
    one_time_tokens, outbox, pending_logins, people, recovery_codes, sessions, signing_keys, sweep,
};

pub fn urls(folder: &Folder) -> Vec<String> {
    let sqlite = format!("sqlite:{}", folder.0.join("store.db").display());
    [sqlite].into_iter().chain(database::postgres()).collect()
}

pub fn unique(word: &str) -> String {
    format!("{word}-{:016x}", u64::from_le_bytes(random::<8>().unwrap()))
}

#[tokio::test]
async fn every_function_does_what_it_says_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let now = Timestamp::from(1_800_000_000);
        let ada = account(&store, now).await;
        second_factor(&store, &ada, now).await;
        pending(&store, &ada, now).await;
        session(&store, &ada, now).await;
        history(&store, &ada, now).await;
        one_time(&store, &ada, now).await;
        signing(&store, now).await;
        mails(&store, now).await;
        links_asked_for(&store, now).await;
        counters(&store, now).await;
        browsers(&store, &ada, now).await;
        people_of(&store, &ada, now).await;
        Store::open(&url).await.unwrap();
        store.close().await;
    }
}

async fn links_asked_for(store: &Store, now: Timestamp) {
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

async fn counters(store: &Store, now: Timestamp) {
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

async fn browsers(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn second_factor(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn pending(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn session(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn history(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn one_time(store: &Store, ada: &AccountId, now: Timestamp) {
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

async fn mails(store: &Store, now: Timestamp) {
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

async fn signing(store: &Store, now: Timestamp) {
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

async fn people_of(store: &Store, ada: &AccountId, now: Timestamp) {
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

#[tokio::test]
async fn of_50_parallel_spends_of_a_code_one_succeeds_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let now = Timestamp::from(1_800_000_000);
        let ada = account(&store, now).await;
        let digest = unique("code");
        let mut tx = store.begin().await.unwrap();
        recovery_codes::insert(&mut *tx, &ada, &digest, now).await.unwrap();
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (store, ada, digest) = (store.clone(), ada.clone(), digest.clone());
                tokio::spawn(async move {
                    let mut tx = store.begin().await.unwrap();
                    let spent = recovery_codes::spend(&mut *tx, &ada, &digest, now).await.unwrap();
                    tx.commit().await.unwrap();
                    spent
                })
            })
            .collect();
        let mut successes = 0;
        for task in tasks {
            successes += usize::from(task.await.unwrap());
        }
        assert_eq!(successes, 1);
        store.close().await;
    }
}

#[tokio::test]
async fn sqlite_runs_with_every_promised_setting() {
    let folder = Folder::new();
    let store = Store::open(&format!("sqlite:{}", folder.0.join("store.db").display())).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(mode, "wal");
    for (pragma, wanted) in [
        ("PRAGMA synchronous", 2_i64),
        ("PRAGMA foreign_keys", 1),
        ("PRAGMA busy_timeout", 5000),
        ("PRAGMA mmap_size", 0),
        ("PRAGMA trusted_schema", 0),
    ] {
        let found: i64 = sqlx::query_scalar(pragma).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(found, wanted, "{pragma}");
    }
    tx.commit().await.unwrap();
    let written = sqlx::query("DELETE FROM guards").execute(store.read()).await;
    assert!(written.is_err(), "readers cannot write");
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(store.read()).await.unwrap();
    assert!(version.as_str() >= "3.51.3", "{version} can lose a log that is reset while it is read");
    store.close().await;
}

#[tokio::test]
async fn a_burst_of_writers_all_get_their_turn_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let prefix = unique("burst");
        let writers: Vec<_> = (0..200)
            .map(|number| {
                let (store, name) = (store.clone(), format!("{prefix}-{number}"));
                tokio::spawn(async move {
                    let mut tx = store.begin().await?;
                    guards::claim(&mut *tx, &name, "x").await?;
                    tx.commit().await
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_change_is_counted_even_where_nobody_waits_for_it() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        let (before, name) = (store.changes(), unique("guard"));
        let mut tx = store.begin().await.unwrap();
        guards::claim(&mut *tx, &name, "x").await.unwrap();
        drop(tx);
        assert_eq!(store.changes(), before, "what was taken back is no change");
        let mut tx = store.begin().await.unwrap();
        guards::claim(&mut *tx, &name, "x").await.unwrap();
        // Asked once and dropped, as when a client hangs up.
        drop(tokio::time::timeout(std::time::Duration::ZERO, tx.commit()).await);
        while guards::find(store.read(), &name).await.unwrap().is_none() || store.changes() == before {
            tokio::task::yield_now().await;
        }
        assert_eq!(store.changes(), before + 1);
        store.close().await;
    }
}
