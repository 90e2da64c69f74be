//! What may happen once happens once, however many ask for it at the same time: 20 rounds of 50,
//! on both databases.

use super::app::Folder;
use super::store::{account, unique, urls};
use crate::model::{AccountId, Timestamp};
use crate::server::store::{
    Store, WriteTx, authenticators, departures, enrolments, one_time_tokens, outbox, pending_logins, recovery_codes,
    sessions,
};

const ROUNDS: usize = 20;
const AT_ONCE: usize = 50;
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// What there is one of in each round.
#[derive(Clone, Copy, Debug)]
enum Once {
    Link,
    RecoveryCode,
    CodeOfTheApp,
    PendingLogin,
    SetUp,
    Delivery,
    NewCookie,
    Deletion,
}

const ALL: [Once; 8] = [
    Once::Link,
    Once::RecoveryCode,
    Once::CodeOfTheApp,
    Once::PendingLogin,
    Once::SetUp,
    Once::Delivery,
    Once::NewCookie,
    Once::Deletion,
];

#[tokio::test]
async fn of_50_at_once_one_succeeds_in_each_of_20_rounds_on_both_databases() {
    let folder = Folder::new();
    for url in urls(&folder) {
        let store = Store::open(&url).await.unwrap();
        for once in ALL {
            for round in 0..ROUNDS {
                let ada = account(&store, NOW).await;
                let name = unique("one");
                let mut tx = store.begin().await.unwrap();
                prepare(&mut tx, once, &ada, &name).await;
                tx.commit().await.unwrap();
                assert_eq!(successes(&store, once, &ada, &name).await, 1, "{once:?}, round {round}, {url}");
            }
        }
        store.close().await;
    }
}

async fn successes(store: &Store, once: Once, ada: &AccountId, name: &str) -> usize {
    let mut tries = tokio::task::JoinSet::new();
    for number in 0..AT_ONCE {
        let (store, ada, name) = (store.clone(), ada.clone(), name.to_owned());
        tries.spawn(async move {
            let mut tx = store.begin().await.unwrap();
            let is_done = attempt(&mut tx, once, &ada, &name, number).await;
            tx.commit().await.unwrap();
            is_done
        });
    }
    tries.join_all().await.into_iter().filter(|is_done| *is_done).count()
}

async fn prepare(tx: &mut WriteTx, once: Once, ada: &AccountId, name: &str) {
    let (digest, account_id, later) = (name.to_owned(), ada.clone(), NOW.plus_s(60));
    match once {
        Once::Link => {
            let (purpose, email) = ("reset_password".to_owned(), "ada@example.test".to_owned());
            let token = one_time_tokens::OneTimeToken {
                digest,
                purpose,
                account_id,
                email,
                created_at: NOW,
                expires_at: later,
            };
            one_time_tokens::insert(&mut **tx, &token).await.unwrap();
        }
        Once::RecoveryCode => recovery_codes::insert(&mut **tx, ada, name, NOW).await.unwrap(),
        Once::CodeOfTheApp => {
            let new = authenticators::NewAuthenticator { account: ada, sealed_secret: "s", last_step: 1 };
            assert!(authenticators::insert(&mut **tx, new, NOW).await.unwrap());
        }
        Once::PendingLogin => {
            let login = pending_logins::PendingLogin {
                digest,
                account_id,
                step: "code".into(),
                tries_left: 5,
                stay: "short".into(),
                next_path: "/".into(),
                expires_at: later,
                offset_steps: None,
                kind: "browser".into(),
            };
            pending_logins::insert(&mut **tx, &login).await.unwrap();
        }
        Once::SetUp => {
            let (holder, sealed_secret, kind) = (name, "secret", "first");
            let new = enrolments::NewEnrolment { holder, account: ada, sealed_secret, expires_at: later, kind };
            enrolments::put(&mut **tx, new).await.unwrap();
        }
        Once::Delivery => {
            let (id, kind, sealed_message) = (name, "password_changed", "sealed");
            let new = outbox::NewMessage { id, kind, sealed_message, now: NOW, expires_at: later };
            outbox::insert(&mut **tx, new).await.unwrap();
        }
        Once::NewCookie => {
            let session = sessions::Session {
                digest,
                account_id,
                created_at: NOW,
                last_seen_at: NOW,
                idle_s: 60,
                expires_at: later,
                address: String::new(),
                agent: String::new(),
                kind: "browser".into(),
                proved_at: NOW,
            };
            sessions::insert(&mut **tx, &session).await.unwrap();
        }
        Once::Deletion => assert!(departures::schedule(&mut **tx, ada, NOW).await.unwrap()),
    }
}

async fn attempt(tx: &mut WriteTx, once: Once, ada: &AccountId, name: &str, number: usize) -> bool {
    match once {
        Once::Link => one_time_tokens::spend(&mut **tx, name, "reset_password", NOW).await.unwrap(),
        Once::RecoveryCode => recovery_codes::spend(&mut **tx, ada, name, NOW).await.unwrap(),
        Once::CodeOfTheApp => authenticators::spend_step(&mut **tx, ada, 2).await.unwrap(),
        Once::PendingLogin => pending_logins::delete(&mut **tx, name).await.unwrap(),
        Once::SetUp => enrolments::take(&mut **tx, name, "secret").await.unwrap(),
        Once::Delivery => outbox::claim(&mut **tx, name, NOW, NOW.plus_s(9)).await.unwrap().is_some(),
        Once::NewCookie => sessions::renew(&mut **tx, name, &format!("{name}-{number}"), NOW).await.unwrap(),
        // Half of them come back, the other half deletes.
        Once::Deletion if number.is_multiple_of(2) => departures::cancel(&mut **tx, ada).await.unwrap(),
        Once::Deletion => departures::complete(&mut **tx, ada, NOW).await.unwrap(),
    }
}
