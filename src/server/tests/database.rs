//! Where the tests keep their tables: in an SQLite file, or on PostgreSQL.
//!
//! `TEST_DATABASE_URL` says where PostgreSQL is; store tests then run on both. The servers of the
//! HTTP tests stay on SQLite, unless `TEST_APPS_ON=postgres` gives each of them a schema there.

use crate::server::keys::random;
use crate::server::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

#[expect(clippy::disallowed_methods, reason = "tells the tests where PostgreSQL is")]
pub fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

#[expect(clippy::disallowed_methods, reason = "tells the tests which database to use")]
fn apps_run_on_postgres() -> bool {
    std::env::var("TEST_APPS_ON").is_ok_and(|database| database == "postgres")
}

/// The URL of a new schema, where the servers of tests run on PostgreSQL.
pub async fn own_schema() -> Option<String> {
    if !apps_run_on_postgres() {
        return None;
    }
    Some(new_schema().await.expect("TEST_DATABASE_URL, where TEST_APPS_ON=postgres"))
}

/// The URL of a new schema, where there is a PostgreSQL.
pub async fn new_schema() -> Option<String> {
    let url = postgres()?;
    let schema = format!("test_{:016x}", u64::from_le_bytes(random::<8>().unwrap()));
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let mark = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{mark}options[search_path]={schema}"))
}

/// Every row of the schema, as one text.
pub async fn dump(store: &Store) -> String {
    let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(store.read()).await.unwrap();
    let mut rows = Vec::new();
    for table in tables.iter().filter(|table| !table.starts_with('_')) {
        let query = format!("SELECT CAST(t AS TEXT) FROM {table} t");
        let found = sqlx::query(AssertSqlSafe(query)).fetch_all(store.read()).await.unwrap();
        rows.extend(found.iter().map(|row| row.get::<String, _>(0)));
    }
    rows.join("\n")
}
