//! Everything is sealed anew, under the newest version of the master key.
//!
//! In batches, each value on the condition that it is still the one that was opened: safe beside
//! running servers, and a run that was killed is just started again.

use super::digest_keys;
use super::versions::{self, InUse, fingerprint_name};
use crate::server::failure::Failure;
use crate::server::keys::Place;
use crate::server::services::Services;
use crate::server::store::guards;
use crate::server::store::sealed::{self, COLUMNS, Column, Sealed};
use std::time::Duration;

/// Values of one transaction: so few that nobody waits for the writer.
const BATCH: i64 = 100;
/// Requests that wait for the writer go first.
const PAUSE: Duration = Duration::from_millis(5);

/// What was sealed anew.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    pub count: u64,
    /// Table and owner of the values that no key opens: they were lost before.
    pub unopened: Vec<String>,
}

/// Puts the newest version of the key file to use and seals everything under it. `settling` is how
/// long servers may need to follow: what they seal under the old version meanwhile is looked for after it.
pub async fn reencrypt(services: &Services, settling: Duration) -> Result<Resealed, Failure> {
    switch(services).await?;
    let mut done = pass(services).await?;
    tokio::time::sleep(settling).await;
    loop {
        let again = pass(services).await?;
        (done.count, done.unopened) = (done.count + again.count, again.unopened);
        if again.count == 0 {
            tracing::info!(
                values = done.count,
                version = services.keys.seals().version(),
                "Everything is sealed anew."
            );
            return Ok(done);
        }
    }
}

/// Puts the newest version to use, with a new key of the history: who has the old master key and an
/// old database knows the key before.
async fn switch(services: &Services) -> Result<(), Failure> {
    let seals = services.keys.seals();
    let (newest, now) = (seals.newest(), services.clock.now());
    let mut tx = services.store.begin().await?;
    let in_use = versions::in_use(&mut *tx).await?;
    if newest == 1 {
        return Err(Failure::broken(
            "there is one version of the master key; `sekisho keys rotate --master` makes another",
        ));
    }
    if newest < in_use.version {
        return Err(Failure::Broken(versions::lacking(in_use.version).into()));
    }
    if newest > in_use.version {
        let (name, fingerprint) = (fingerprint_name(newest), seals.fingerprint(newest).unwrap_or_default());
        guards::claim(&mut *tx, &name, &fingerprint).await?;
        if guards::find(&mut *tx, &name).await?.as_deref() != Some(&fingerprint) {
            let sentence = format!("version {newest} was made on another machine; copy its master.key");
            return Err(Failure::Broken(sentence.into()));
        }
        versions::note(&mut *tx, InUse { version: newest, since: now }).await?;
        seals.seal_under(newest)?;
        digest_keys::add_audit_key(&mut tx, seals, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Goes once through everything that is not sealed under the version in use.
pub(super) async fn pass(services: &Services) -> Result<Resealed, Failure> {
    let mut done = Resealed::default();
    for column in &COLUMNS {
        let mut after = String::new();
        while let Some(last) = batch(services, column, &after, &mut done).await? {
            after = last;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(done)
}

/// One batch of values whose owners are behind `after`; tells the last owner.
async fn batch(
    services: &Services,
    column: &Column,
    after: &str,
    done: &mut Resealed,
) -> Result<Option<String>, Failure> {
    let beginning = format!("{}.", services.keys.seals().version());
    let found = sealed::unlike(services.store.read(), column, (&beginning, after), BATCH).await?;
    let Some(last) = found.last() else { return Ok(None) };
    let mut tx = services.store.begin().await?;
    for old in &found {
        match anew(services, column, old) {
            Ok(new) => done.count += u64::from(sealed::replace(&mut *tx, column, old, &new).await?),
            Err(_) => done.unopened.push(format!("{} {}", column.table, old.owner)),
        }
    }
    tx.commit().await?;
    Ok(Some(last.owner.clone()))
}

fn anew(services: &Services, column: &Column, old: &Sealed) -> Result<String, crate::server::keys::KeyError> {
    let place = Place { table: column.table, column: column.column, owner: &old.owner };
    let plain = services.keys.open(place, &old.sealed)?;
    services.keys.seal(place, &plain)
}
