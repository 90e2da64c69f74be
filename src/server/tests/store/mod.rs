//! Every store function on SQLite, and on PostgreSQL where `TEST_DATABASE_URL` is set.

mod keys;
mod logins;
mod mails;
mod people;
mod writers;

pub use people::account;

use super::app::Folder;
use super::database;
use crate::model::Timestamp;
use crate::server::keys::random;
use crate::server::store::Store;

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
        logins::second_factor(&store, &ada, now).await;
        logins::pending(&store, &ada, now).await;
        logins::session(&store, &ada, now).await;
        people::history(&store, &ada, now).await;
        mails::one_time(&store, &ada, now).await;
        keys::signing(&store, now).await;
        mails::mails(&store, now).await;
        mails::links_asked_for(&store, now).await;
        mails::counters(&store, now).await;
        logins::browsers(&store, &ada, now).await;
        people::people_of(&store, &ada, now).await;
        Store::open(&url).await.unwrap();
        store.close().await;
    }
}
