//! Databases as the tests need them.

use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::path::Path;

/// Every change of the tables.
pub fn migrator() -> Migrator {
    sqlx::migrate!("./migrations")
}

/// A connection to the SQLite file of a test.
pub async fn connect(file: &Path) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(&format!("sqlite:{}?mode=rwc", file.display())).await.unwrap()
}

/// A database as an older program left it: with the first `changes` of the tables only, and `accounts`
/// rows of them filled.
pub async fn old(file: &Path, changes: i64, accounts: usize) {
    let mut database = connect(file).await;
    database.execute("PRAGMA journal_mode = WAL").await.unwrap();
    migrator().run_direct(Some(changes), &mut database, false).await.unwrap();
    let fill = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {accounts}) \
         INSERT INTO accounts (id, email, email_key, password_hash, created_at) \
         SELECT 'id-' || i, 'a' || i || '@example.test', 'a' || i || '@example.test', 'x', 1 FROM n"
    );
    database.execute(AssertSqlSafe(fill)).await.unwrap();
    let history = "INSERT INTO events (id, account_id, at, kind, address, agent, nth) \
                   SELECT 'event-' || id, id, 1, 'registered', '127.0.0.1', 'none', 1 FROM accounts";
    database.execute(history).await.unwrap();
    database.close().await.unwrap();
}

/// What a database holds: the number of the newest change of its tables, accounts, events.
pub async fn standing(file: &Path) -> (i64, i64, i64) {
    let mut database = connect(file).await;
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    assert_eq!(verdict, "ok");
    let mut count =
        async |what: &'static str| -> i64 { sqlx::query_scalar(what).fetch_one(&mut database).await.unwrap() };
    let found = (
        count("SELECT MAX(version) FROM _sqlx_migrations").await,
        count("SELECT COUNT(*) FROM accounts").await,
        count("SELECT COUNT(*) FROM events").await,
    );
    database.close().await.unwrap();
    found
}
