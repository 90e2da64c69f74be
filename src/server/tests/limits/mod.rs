//! Guessing gets nowhere, and nobody can lock the owner out.

mod codes;
mod owners;
mod requests;
mod sources;

use super::app::Answer;
use super::{TestApp, Visitor};
use crate::model::Problem;
use crate::server::store::{accounts, events};
use std::net::Ipv4Addr;

const ADA: &str = "ada@example.test";
const NOBODY: &str = "nobody@example.test";
const ON: (&str, &str) = ("SEKISHO_THROTTLE", "on");

async fn guarded() -> TestApp {
    TestApp::with(&[ON]).await
}

/// A guarded server on each database there is.
#[expect(clippy::disallowed_methods, reason = "tells the tests where PostgreSQL is")]
async fn on_each_database() -> Vec<TestApp> {
    let mut apps = vec![guarded().await];
    if let Ok(cluster) = std::env::var("TEST_DATABASE_URL") {
        let name = format!("limits_{:016x}", u64::from_le_bytes(crate::server::keys::random::<8>().unwrap()));
        let admin = sqlx::AnyPool::connect(&cluster).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        let mut url = url::Url::parse(&cluster).unwrap();
        url.set_path(&name);
        apps.push(TestApp::with(&[ON, ("SEKISHO_DATABASE_URL", url.as_str())]).await);
    }
    apps
}

/// The nth of many addresses that have nothing in common.
fn address(number: usize) -> String {
    Ipv4Addr::from_bits(0x0a00_0001 + u32::try_from(number).unwrap() * 256).to_string()
}

async fn guess(app: &TestApp, email: &str, from: &str) -> Answer {
    Visitor::at(app, from).post("/fn/login", &[("email", email), ("password", "wrong guess"), ("next", "")]).await
}

async fn log_in(app: &TestApp, email: &str, from: &str) -> Answer {
    Visitor::at(app, from).log_in(email).await
}

fn is_throttled(answer: &Answer) -> bool {
    matches!(answer.problem(), Some(Problem::TooManyRequests { .. } | Problem::LoginStopped))
}

/// Guesses from ever new addresses, as patiently as it takes, until `count` were looked at.
async fn besiege(app: &TestApp, email: &str, count: usize) {
    let (mut looked_at, mut number) = (0, 1000);
    while looked_at < count {
        number += 1;
        match guess(app, email, &address(number)).await.problem() {
            Some(Problem::BadCredentials) => looked_at += 1,
            Some(Problem::TooManyRequests { wait_s }) => app.advance(wait_s.into()),
            other => panic!("{other:?} after {looked_at}"),
        }
    }
}

/// How often refusals were written into the history of an account.
async fn times_told(app: &TestApp, email: &str) -> usize {
    let account = accounts::find_by_email(app.services.store.read(), email).await.unwrap().unwrap();
    let events = events::newest(app.services.store.read(), &account.id, i64::MAX, 1000).await.unwrap();
    events.iter().filter(|event| event.kind == "throttled").count()
}
