//! The history is chained: whoever changes what was written is found out, on both databases.

use super::TestApp;
use super::store::account;
use crate::model::AccountId;
use crate::model::views::EventKind;
use crate::server::audit::{self, Fault, Head, Look, Origin, Wrong, chain, record, verify};
use crate::server::services::Services;
use crate::server::store::people;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

fn origin(agent: &str) -> Origin {
    Origin { agent: agent.to_owned(), ..Origin::by_name("192.0.2.77") }
}

async fn write(services: &Services, account: &AccountId, kind: EventKind) {
    let mut tx = services.store.begin().await.unwrap();
    record(services, &mut tx, account, kind, &origin("Firefox/130.0")).await.unwrap();
    tx.commit().await.unwrap();
}

async fn chain_all(services: &Services) {
    let mut look = Look::new();
    while chain(services, &mut look).await.unwrap() > 0 {}
}

/// An account with six chained events.
async fn chained(app: &TestApp) -> AccountId {
    let ada = account(&app.services.store, app.services.clock.now()).await;
    for kind in [EventKind::Registered, EventKind::LoggedIn, EventKind::PasswordRefused] {
        write(&app.services, &ada, kind).await;
        write(&app.services, &ada, EventKind::LoggedOut).await;
    }
    chain_all(&app.services).await;
    ada
}

async fn run(services: &Services, statements: &str) {
    let mut tx = services.store.begin().await.unwrap();
    for statement in statements.split(';').filter(|statement| !statement.trim().is_empty()) {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn found(services: &Services) -> Option<(Option<i64>, Wrong)> {
    let fault: Option<Fault> = verify(services, None).await.unwrap().fault;
    fault.map(|fault| (fault.position, fault.wrong))
}

const TABLES: [&str; 4] = ["events", "event_origins", "audit_chain", "guards"];

async fn save(services: &Services, prefix: &str) {
    for table in TABLES {
        run(services, &format!("CREATE TABLE {prefix}_{table} AS SELECT * FROM {table}")).await;
    }
}

async fn put_back(services: &Services, prefix: &str) {
    for table in TABLES {
        run(services, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {prefix}_{table}")).await;
    }
}

/// The third event, in SQL.
const THIRD: &str = "(SELECT event_id FROM audit_chain WHERE position = 3)";

#[tokio::test]
async fn whatever_is_changed_in_the_history_is_found_where_it_is() {
    let insert = |id: &str, proof: &str| {
        format!(
            "INSERT INTO events (id, account_id, at, kind, nth, origin_digest, proof) \
             SELECT '{id}', account_id, at, 'logged_in', 3, origin_digest, {proof} FROM events WHERE id = {THIRD}"
        )
    };
    let make_room = "UPDATE audit_chain SET position = -position WHERE position >= 3; \
                     UPDATE audit_chain SET position = 1 - position WHERE position < 0";
    let link = "INSERT INTO audit_chain (position, event_id, key_number, hash) \
                SELECT 3, 'forged', key_number, hash FROM audit_chain WHERE position = 4";
    let close_gap = "UPDATE audit_chain SET position = -position WHERE position > 3; \
                     UPDATE audit_chain SET position = -position - 1 WHERE position < 0";
    let swap = "UPDATE audit_chain SET event_id = 'x' WHERE position = 3; \
                UPDATE audit_chain SET event_id = (SELECT id FROM events WHERE nth = 3) WHERE position = 4; \
                UPDATE audit_chain SET event_id = (SELECT id FROM events WHERE nth = 4) WHERE position = 3";
    let remove = |position: i64| {
        format!(
            "DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE position = {position}); \
             DELETE FROM audit_chain WHERE position = {position}"
        )
    };
    let head_of_five = "UPDATE guards SET value = (SELECT '5:' || hash FROM audit_chain WHERE position = 5) || \
                        SUBSTR(value, 46) WHERE name = 'audit chain head'";
    let attacks = [
        (format!("UPDATE events SET kind = 'logged_out' WHERE id = {THIRD}"), Some(3), Wrong::EventEdited),
        (format!("UPDATE events SET at = at - 60 WHERE id = {THIRD}"), Some(3), Wrong::EventEdited),
        (format!("UPDATE events SET account_id = 'eve' WHERE id = {THIRD}"), Some(3), Wrong::EventEdited),
        (format!("UPDATE events SET nth = 9 WHERE id = {THIRD}"), Some(3), Wrong::OrderChanged),
        (format!("DELETE FROM events WHERE id = {THIRD}"), Some(3), Wrong::EventRemoved),
        (remove(3), Some(3), Wrong::LinkRemoved),
        (format!("{}; {close_gap}", remove(3)), Some(3), Wrong::OrderChanged),
        (swap.to_owned(), Some(3), Wrong::OrderChanged),
        ("UPDATE audit_chain SET hash = 'x' WHERE position = 3".to_owned(), Some(3), Wrong::OrderChanged),
        ("UPDATE audit_chain SET key_number = 2 WHERE position = 3".to_owned(), Some(3), Wrong::KeyMissing),
        (insert("forged", "''"), None, Wrong::EventInserted),
        (insert("forged", "proof"), None, Wrong::EventInserted),
        (format!("{}; {make_room}; {link}", insert("forged", "proof")), Some(3), Wrong::EventEdited),
        (format!("UPDATE event_origins SET address = '::1' WHERE event_id = {THIRD}"), Some(3), Wrong::AddressEdited),
        (format!("UPDATE event_origins SET agent = 'x' WHERE event_id = {THIRD}"), Some(3), Wrong::AddressEdited),
        (format!("UPDATE event_origins SET salt = 'x' WHERE event_id = {THIRD}"), Some(3), Wrong::AddressEdited),
        (format!("DELETE FROM event_origins WHERE event_id = {THIRD}"), Some(3), Wrong::AddressRemoved),
        (remove(6), Some(6), Wrong::EndCutOff),
        (format!("{}; {head_of_five}", remove(6)), None, Wrong::HeadEdited),
        (format!("{}; DELETE FROM guards WHERE name = 'audit chain head'", remove(6)), None, Wrong::HeadEdited),
    ];
    for app in TestApp::on_both().await {
        chained(&app).await;
        assert_eq!(found(&app.services).await, None);
        save(&app.services, "kept").await;
        for (attack, position, wrong) in &attacks {
            run(&app.services, attack).await;
            assert_eq!(found(&app.services).await, Some((*position, *wrong)), "{attack}");
            put_back(&app.services, "kept").await;
            assert_eq!(found(&app.services).await, None, "{attack}");
        }
    }
}

#[tokio::test]
async fn what_was_changed_before_it_was_chained_never_enters_the_chain() {
    for app in TestApp::on_both().await {
        let ada = chained(&app).await;
        write(&app.services, &ada, EventKind::NotMe).await;
        let report = verify(&app.services, None).await.unwrap();
        assert_eq!((report.head.count, report.waiting.len(), report.fault), (6, 1, None), "the newest one waits");
        run(&app.services, "UPDATE events SET kind = 'logged_in' WHERE kind = 'not_me'").await;
        chain_all(&app.services).await;
        write(&app.services, &ada, EventKind::LoggedIn).await;
        chain_all(&app.services).await;
        let report = verify(&app.services, None).await.unwrap();
        assert_eq!(report.head.count, 7, "the others go on");
        assert_eq!(report.fault.map(|fault| fault.wrong), Some(Wrong::EventInserted));
    }
}

#[tokio::test]
async fn what_is_erased_with_its_account_is_no_fault_and_cannot_be_guessed_back() {
    for app in TestApp::on_both().await {
        let ada = chained(&app).await;
        let digests: Vec<String> =
            sqlx::query_scalar("SELECT origin_digest FROM events").fetch_all(app.services.store.read()).await.unwrap();
        assert_eq!(digests.iter().collect::<HashSet<_>>().len(), 6, "one address, six salts");
        // As an account that its owner left: the last event and the erasure are one transaction.
        let mut tx = app.services.store.begin().await.unwrap();
        record(&app.services, &mut tx, &ada, EventKind::Deleted, &Origin::of_the_server()).await.unwrap();
        assert!(people::delete(&mut *tx, &ada).await.unwrap());
        tx.commit().await.unwrap();
        chain_all(&app.services).await;
        let report = verify(&app.services, None).await.unwrap();
        assert_eq!((report.head.count, report.waiting.len(), report.fault), (7, 0, None));
        let mut lines = String::new();
        audit::export(&app.services, app.services.clock.now(), |line| {
            lines.push_str(line);
            Ok(())
        })
        .await
        .unwrap();
        assert!(!lines.contains("192.0.2.77") && lines.matches("\"address\":null").count() == 7, "{lines}");
        let salts: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM event_origins")
            .fetch_one(app.services.store.read())
            .await
            .unwrap();
        assert_eq!(salts, 0);
    }
}

#[tokio::test]
async fn events_of_50_writers_at_once_are_chained_by_two_servers_without_a_gap() {
    for app in TestApp::on_both().await {
        let other = app.another().await;
        let ada = account(&app.services.store, app.services.clock.now()).await;
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (services, ada) = (app.services.clone(), ada.clone());
            writers.spawn(async move { write(&services, &ada, EventKind::LoggedIn).await });
        }
        for services in [app.services.clone(), other.services.clone()] {
            writers.spawn(async move {
                let mut look = Look::new();
                for _ in 0..100 {
                    chain(&services, &mut look).await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
        }
        writers.join_all().await;
        chain_all(&app.services).await;
        let report = verify(&other.services, None).await.unwrap();
        assert_eq!((report.head.count, report.waiting.len(), report.fault), (50, 0, None));
    }
}

/// As an older version wrote them.
async fn old_event(services: &Services, ada: &AccountId, nth: i64, address: &str) {
    let (id, ada) = (super::store::unique("old"), ada.as_str());
    run(
        services,
        &format!(
            "INSERT INTO events (id, account_id, at, kind, nth) VALUES ('{id}', '{ada}', {nth}, 'logged_in', {nth}); \
             INSERT INTO event_origins (event_id, account_id, address, agent) VALUES ('{id}', '{ada}', '{address}', '')"
        ),
    )
    .await;
}

#[tokio::test]
async fn events_of_older_versions_are_chained_first_and_then_no_more() {
    for app in TestApp::on_both().await {
        let ada = account(&app.services.store, app.services.clock.now()).await;
        write(&app.services, &ada, EventKind::LoggedIn).await;
        for nth in 1..=250 {
            old_event(&app.services, &ada, nth, "192.0.2.1").await;
        }
        // Its account is gone, and its personal part with it.
        run(&app.services, "INSERT INTO events (id, account_id, at, kind, nth) VALUES ('gone', 'eve', 1, 'left', 1)")
            .await;
        chain_all(&app.services).await;
        let report = verify(&app.services, None).await.unwrap();
        assert_eq!((report.head.count, report.waiting.len(), report.fault), (252, 0, None));
        save(&app.services, "kept").await;
        for (attack, wrong) in [
            ("UPDATE events SET kind = 'left' WHERE nth = 7", Wrong::Changed),
            (
                "UPDATE event_origins SET address = '::1' WHERE event_id = (SELECT id FROM events WHERE nth = 7)",
                Wrong::AddressEdited,
            ),
        ] {
            run(&app.services, attack).await;
            assert_eq!(found(&app.services).await.map(|(_, wrong)| wrong), Some(wrong), "{attack}");
            put_back(&app.services, "kept").await;
        }
        old_event(&app.services, &ada, 251, "192.0.2.1").await;
        chain_all(&app.services).await;
        let report = verify(&app.services, None).await.unwrap();
        assert_eq!(report.head.count, 252);
        assert_eq!(report.fault.map(|fault| fault.wrong), Some(Wrong::EventInserted));
    }
}

#[tokio::test]
async fn a_whole_database_of_yesterday_is_found_by_a_head_kept_elsewhere() {
    for app in TestApp::on_both().await {
        let ada = chained(&app).await;
        let head = verify(&app.services, None).await.unwrap().head;
        save(&app.services, "yesterday").await;
        write(&app.services, &ada, EventKind::SecondFactorOff).await;
        chain_all(&app.services).await;
        let newer = verify(&app.services, Some(&head)).await.unwrap();
        assert_eq!((newer.head.count, newer.fault), (7, None), "an older head is a part of it");
        assert_eq!(Head::parse(&newer.head.text()).as_ref(), Some(&newer.head));
        put_back(&app.services, "yesterday").await;
        assert_eq!(found(&app.services).await, None, "by itself it is in order");
        let fault = verify(&app.services, Some(&newer.head)).await.unwrap().fault.unwrap();
        assert_eq!((fault.position, fault.wrong), (Some(7), Wrong::OtherHistory));
        write(&app.services, &ada, EventKind::LoggedIn).await;
        chain_all(&app.services).await;
        let fault = verify(&app.services, Some(&newer.head)).await.unwrap().fault.unwrap();
        assert_eq!((fault.position, fault.wrong), (Some(7), Wrong::OtherHistory), "as long, and another one");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_no_event_out_of_the_chain() {
    let app = TestApp::new().await;
    let ada = account(&app.services.store, app.services.clock.now()).await;
    let mut look = Look::new();
    write(&app.services, &ada, EventKind::LoggedIn).await;
    while chain(&app.services, &mut look).await.unwrap() > 0 {}
    app.advance(-86_400);
    write(&app.services, &ada, EventKind::LoggedIn).await;
    app.advance(86_400);
    while chain(&app.services, &mut look).await.unwrap() > 0 {}
    let report = verify(&app.services, None).await.unwrap();
    assert_eq!((report.head.count, report.waiting.len(), report.fault), (1, 1, None), "out of sight for now");
    app.advance(3600);
    while chain(&app.services, &mut look).await.unwrap() > 0 {}
    let report = verify(&app.services, None).await.unwrap();
    assert_eq!((report.head.count, report.waiting.len(), report.fault), (2, 0, None));
}

#[tokio::test]
async fn what_a_visitor_sent_is_exported_in_printable_ascii_one_event_a_line() {
    for app in TestApp::on_both().await {
        let ada = chained(&app).await;
        let hostile = "x\r\n{\"position\":1}\u{1b}[2J\u{202e}\u{2066}\u{7f}\u{85}";
        app.advance(5);
        let mut tx = app.services.store.begin().await.unwrap();
        record(&app.services, &mut tx, &ada, EventKind::LoggedIn, &origin(hostile)).await.unwrap();
        tx.commit().await.unwrap();
        let lines = async |since| {
            let mut lines = Vec::new();
            let put = |line: &str| {
                lines.push(line.to_owned());
                Ok(())
            };
            audit::export(&app.services, since, put).await.unwrap();
            lines
        };
        let all = lines(app.services.clock.now().plus_s(-5)).await;
        assert_eq!(all.len(), 7);
        assert!(all.iter().all(|line| line.bytes().all(|byte| (b' '..=b'~').contains(&byte))), "{all:?}");
        let parsed: Vec<Value> = all.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&parsed[6]["user_agent"], &parsed[6]["position"]), (&Value::from(hostile), &Value::Null));
        assert_eq!((&parsed[5]["position"], &parsed[5]["what"]), (&Value::from(6), &Value::from("logged_out")));
        chain_all(&app.services).await;
        let newer = lines(app.services.clock.now()).await;
        assert!(newer.len() == 1 && newer[0].contains("\"position\":7"), "{newer:?}");
    }
}

#[test]
fn no_statement_changes_or_removes_a_written_event() {
    fn look_at(folder: &std::path::Path) {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("tests") {
                look_at(&path);
            } else if path.is_file() {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                for statement in
                    ["UPDATE events", "DELETE FROM events", "UPDATE audit_chain", "DELETE FROM audit_chain"]
                {
                    assert!(!text.contains(statement), "{statement} in {}", path.display());
                }
            }
        }
    }
    look_at(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server"));
}
