//! The master key gets new versions while servers run, and nothing sealed is lost or moved, on both
//! databases.

use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::audit::{self, Look};
use crate::server::clock::Clock;
use crate::server::failure::Failure;
use crate::server::keys::{MasterKeys, Place};
use crate::server::sealing::{self, Resealed};
use crate::server::services::Services;
use crate::server::store::sealed::{self, COLUMNS};
use std::collections::HashSet;
use std::fs;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

const ADA: &str = "ada@example.test";
const BOB: &str = "bob@example.test";

fn said(failure: Failure) -> String {
    match failure {
        Failure::Broken(cause) | Failure::Unavailable(cause) => cause.to_string(),
        Failure::Refused(problem) => format!("{problem:?}"),
    }
}

/// How many values of each column there are that do not begin with `beginning`.
async fn unlike(services: &Services, beginning: &str) -> Vec<usize> {
    let mut counts = Vec::new();
    for column in &COLUMNS {
        counts.push(sealed::unlike(services.store.read(), column, (beginning, ""), 10_000).await.unwrap().len());
    }
    counts
}

/// The same server, started anew.
async fn opened(app: &TestApp) -> Result<Services, String> {
    let clock = Clock::Test(AtomicI64::new(app.services.clock.now().seconds()));
    Services::open(app.services.config.clone(), clock).await
}

#[tokio::test]
async fn everything_is_sealed_anew_while_servers_run_and_the_old_version_goes() {
    for app in TestApp::on_both().await {
        let (mut ada, phone) = app.enrolled(ADA).await;
        let mut bob = app.registered(BOB).await;
        bob.log_in(BOB).await;
        let (codes, key) = (ada.read_codes().await, bob.read_key().await.0);
        let (operator, late) = (app.another().await, app.another().await);
        assert!(unlike(&app.services, "2.").await.iter().all(|count| *count > 0), "there is something of each kind");

        assert_eq!(sealing::add_version(&operator.services).await.unwrap(), 2);
        assert!(said(sealing::add_version(&operator.services).await.unwrap_err()).contains("waits already"));
        assert_eq!(opened(&app).await.unwrap().keys.seals().version(), 1, "nothing uses it yet");
        let operator = app.another().await;
        sealing::reencrypt(&operator.services, Duration::ZERO).await.unwrap();
        audit::renew_head(&operator.services).await.unwrap();
        assert_eq!(unlike(&app.services, "2.").await, [0; 6]);
        assert_eq!(sealing::reencrypt(&operator.services, Duration::ZERO).await.unwrap(), Resealed::default());

        // A server that has noticed nothing reads what is new, and writes what the others read.
        assert_eq!(ada.read_codes().await, codes);
        assert_eq!(bob.read_key().await.0, key);
        assert_eq!(app.services.keys.seals().version(), 1);
        sealing::follow(&app.services).await.unwrap();
        assert_eq!(app.services.keys.seals().version(), 2);
        let mut eve = late.registered("eve@example.test").await;
        eve.log_in("eve@example.test").await;
        let of_eve = eve.read_key().await.0;
        assert!(unlike(&app.services, "2.").await.iter().sum::<usize>() > 0, "sealed late under the old version");

        assert!(said(sealing::drop_old(&operator.services).await.unwrap_err()).contains("try again in 300 s"));
        operator.advance(300);
        assert_eq!(sealing::drop_old(&operator.services).await.unwrap(), (vec![1], vec![]));
        assert_eq!(unlike(&app.services, "2.").await, [0; 6]);
        let file = MasterKeys::read(&app.services.config.master_key_file).unwrap().unwrap();
        assert_eq!(file.iter().map(|(version, _)| version).collect::<Vec<_>>(), [2]);

        let anew = app.another().await;
        let mut eve = Visitor { app: &anew, ..eve };
        assert_eq!(eve.read_key().await.0, of_eve);
        anew.advance(60);
        for proof in [phone.code(&anew), codes[3].clone()] {
            let mut ada = Visitor::new(&anew);
            ada.log_in(ADA).await;
            assert_eq!(ada.post("/fn/tfa", &[("code", &proof)]).await.location(), Some("/dashboard"));
        }
        let mut look = Look::new();
        while audit::chain(&anew.services, &mut look).await.unwrap() > 0 {}
        let report = audit::verify(&anew.services, None).await.unwrap();
        assert!(report.fault.is_none() && report.head.count > 4, "{report:?}");
    }
}

#[tokio::test]
async fn digests_survive_every_version() {
    let app = TestApp::new().await;
    let before = app.services.keys.limit_digest(ADA).unwrap();
    let of_code = app.services.keys.recovery_code_digest("ada", "code").unwrap();
    sealing::add_version(&app.services).await.unwrap();
    let operator = app.another().await;
    sealing::reencrypt(&operator.services, Duration::ZERO).await.unwrap();
    operator.advance(300);
    sealing::drop_old(&operator.services).await.unwrap();
    let after = opened(&app).await.unwrap();
    assert_eq!(after.keys.limit_digest(ADA).unwrap(), before);
    assert_eq!(after.keys.recovery_code_digest("ada", "code").unwrap(), of_code);
    assert_eq!((app.services.keys.audit_key().number, after.keys.audit_key().number), (1, 2));
}

/// Many values, so that sealing them anew takes a while.
async fn many(services: &Services, count: usize) {
    let mut tx = services.store.begin().await.unwrap();
    for number in 0..count {
        let owner = format!("kid-{number}");
        let place = Place { table: "signing_keys", column: "sealed_secret", owner: &owner };
        let sealed = services.keys.seal(place, b"secret").unwrap();
        sqlx::query("INSERT INTO signing_keys (kid, sealed_secret, created_at, retired_at) VALUES ($1, $2, 0, 1)")
            .bind(owner.as_str())
            .bind(sealed)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn stopped_at_any_point_it_is_just_started_again() {
    for app in TestApp::on_both().await {
        many(&app.services, 700).await;
        sealing::add_version(&app.services).await.unwrap();
        let mut seen = HashSet::new();
        let (mut patience, mut is_done) = (Duration::from_millis(1), false);
        while !is_done {
            let operator = opened(&app).await.unwrap();
            let run = sealing::reencrypt(&operator, Duration::ZERO);
            is_done = tokio::time::timeout(patience, run).await.is_ok();
            patience = patience * 3 / 2;
            let after = opened(&app).await.unwrap();
            seen.insert(unlike(&after, "2.").await);
            for column in &COLUMNS {
                for beginning in ["1", "2."] {
                    for value in sealed::unlike(after.store.read(), column, (beginning, ""), 10_000).await.unwrap() {
                        let place = Place { table: column.table, column: column.column, owner: &value.owner };
                        assert!(after.keys.open(place, &value.sealed).is_ok(), "{} {}", column.table, value.owner);
                    }
                }
            }
        }
        assert!(seen.len() > 2, "it was stopped half-way: {seen:?}");
        assert_eq!(unlike(&app.services, "2.").await, [0; 6]);
    }
}

#[tokio::test]
async fn a_value_moved_to_another_account_is_refused_and_never_sealed_anew() {
    for app in TestApp::on_both().await {
        let (_, of_ada) = app.enrolled(ADA).await;
        let (_, of_bob) = app.enrolled(BOB).await;
        let secrets = "SELECT sealed_secret FROM authenticators ORDER BY account_id";
        let stood: Vec<String> = sqlx::query_scalar(secrets).fetch_all(app.services.store.read()).await.unwrap();
        let mut tx = app.services.store.begin().await.unwrap();
        for (old, new) in [(&stood[0], "x"), (&stood[1], stood[0].as_str()), (&"x".to_owned(), stood[1].as_str())] {
            let swap = "UPDATE authenticators SET sealed_secret = $2 WHERE sealed_secret = $1";
            sqlx::query(swap).bind(old.as_str()).bind(new).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.advance(60);
        for round in ["before", "after"] {
            for phone in [&of_ada, &of_bob] {
                let mut thief = Visitor::new(&app);
                thief.log_in(ADA).await;
                let answer = thief.post("/fn/tfa", &[("code", &phone.code(&app))]).await;
                assert!(matches!(answer.problem(), Some(Problem::Internal { .. })), "{round} {:?}", answer.problem());
            }
            if round == "before" {
                sealing::add_version(&app.services).await.unwrap();
                let unopened = sealing::reencrypt(&opened(&app).await.unwrap(), Duration::ZERO).await.unwrap().unopened;
                assert_eq!(unopened.iter().filter(|value| value.starts_with("authenticators ")).count(), 2);
            }
        }
        let stands: Vec<String> = sqlx::query_scalar(secrets).fetch_all(app.services.store.read()).await.unwrap();
        assert_eq!(stands, [stood[1].clone(), stood[0].clone()], "left as it is");
    }
}

#[tokio::test]
async fn a_machine_whose_file_lacks_the_version_in_use_says_so_and_never_uses_another_one() {
    for app in TestApp::on_both().await {
        let here = &app.services.config.master_key_file;
        let mut config = app.services.config.clone();
        config.master_key_file = app.folder.0.join("there.key");
        let there = config.master_key_file.clone();
        fs::copy(here, &there).unwrap();
        assert_eq!(sealing::add_version(&app.services).await.unwrap(), 2);
        let open_there = || Services::open(config.clone(), Clock::Test(AtomicI64::new(0)));
        let other = open_there().await.unwrap();
        assert_eq!(sealing::add_version(&other).await.unwrap(), 3, "a number means one key for ever");
        sealing::reencrypt(&open_there().await.unwrap(), Duration::ZERO).await.unwrap();

        assert!(said(sealing::follow(&app.services).await.unwrap_err()).contains("version 3"));
        assert_eq!(app.services.keys.seals().version(), 1);
        assert!(opened(&app).await.err().unwrap().contains("lacks version 3"));
        let right = fs::read(&there).unwrap();
        let wrong = MasterKeys::read(here).unwrap().unwrap().with_new(3).unwrap();
        wrong.write(here).unwrap();
        assert!(sealing::follow(&app.services).await.is_err(), "another key of the same number");
        assert!(opened(&app).await.err().unwrap().contains("is not the key"));
        fs::write(here, right).unwrap();
        assert_eq!(opened(&app).await.unwrap().keys.seals().version(), 3);
        fs::remove_file(here).unwrap();
        assert!(opened(&app).await.err().unwrap().contains("missing"), "a lost key is never made anew");
    }
}

#[tokio::test]
async fn without_a_new_version_there_is_nothing_to_seal_anew() {
    let app = TestApp::new().await;
    assert!(
        said(sealing::reencrypt(&app.services, Duration::ZERO).await.unwrap_err()).contains("keys rotate --master")
    );
    sealing::add_version(&app.services).await.unwrap();
    assert!(said(sealing::drop_old(&app.services).await.unwrap_err()).contains("reencrypt` first"));
}

/// What docs/keys.md tells to do where the master key is lost.
fn rescue() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md")).unwrap();
    page.split("```sql\n").nth(1).unwrap().split("```").next().map(|block| block.trim().to_owned()).unwrap()
}

#[tokio::test]
async fn without_the_master_key_accounts_are_rescued_as_the_page_says() {
    for app in TestApp::on_both().await {
        app.enrolled(ADA).await;
        let mut look = Look::new();
        while audit::chain(&app.services, &mut look).await.unwrap() > 0 {}
        fs::remove_file(&app.services.config.master_key_file).unwrap();
        assert!(opened(&app).await.err().unwrap().contains("missing"));
        let mut tx = app.services.store.begin().await.unwrap();
        for statement in rescue().split(';').filter(|statement| !statement.trim().is_empty()) {
            sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let rescued = app.another().await;
        let mut ada = Visitor::new(&rescued);
        assert_eq!(ada.log_in(ADA).await.location(), Some("/totp-setup"));
        let phone = ada.read_key().await;
        let answer = ada.post("/fn/totp-setup", &[("code", &phone.code(&rescued))]).await;
        assert_eq!(answer.location(), Some("/recovery-codes"), "{:?}", answer.problem());
        let mut look = Look::new();
        while audit::chain(&rescued.services, &mut look).await.unwrap() > 0 {}
        let report = audit::verify(&rescued.services, None).await.unwrap();
        assert!(report.fault.is_none() && report.head.count > 4, "{report:?}");
    }
}

#[test]
fn no_column_of_sealed_values_is_forgotten() {
    let mut columns = HashSet::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mut table = "";
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ").or_else(|| line.strip_prefix("ALTER TABLE ")) {
                table = rest.split(' ').next().unwrap();
            }
            let column = line.split("ADD COLUMN ").last().unwrap().split(' ').next().unwrap();
            if column.starts_with("sealed_") {
                columns.insert((table.to_owned(), column.to_owned()));
            }
        }
    }
    let known: HashSet<_> = COLUMNS.iter().map(|c| (c.table.to_owned(), c.column.to_owned())).collect();
    assert_eq!(columns, known);
}
