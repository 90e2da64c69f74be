//! Versions of the master key come and go.

use super::reencrypt;
use super::versions::{self, fingerprint_name};
use crate::server::failure::Failure;
use crate::server::keys::{MasterKeys, Seals, Turn};
use crate::server::services::Services;
use crate::server::store::guards;

/// Every request that sealed under an old version has long ended then.
const OVERLAP_S: i64 = 5 * 60;

/// Adds a version to the key file, which nothing uses yet: there is time to copy the file to every
/// other machine. Returns its number.
pub async fn add_version(services: &Services) -> Result<u32, Failure> {
    let path = &services.config.master_key_file;
    let _turn = Turn::take(path).map_err(told)?;
    let keys = read(services)?;
    let mut tx = services.store.begin().await?;
    if keys.newest() > versions::in_use(&mut *tx).await?.version {
        let sentence = format!("version {} waits already; run `sekisho keys reencrypt`", keys.newest());
        return Err(Failure::Broken(sentence.into()));
    }
    let mut version = keys.newest();
    let more = loop {
        // A number that another machine has given to its key is that key's for ever.
        version = version.checked_add(1).ok_or_else(|| Failure::broken("there are too many versions"))?;
        let more = keys.with_new(version)?;
        let seals = Seals::new(path, &more, version)?;
        let fingerprint = seals.fingerprint(version).unwrap_or_default();
        if guards::claim(&mut *tx, &fingerprint_name(version), &fingerprint).await? {
            break more;
        }
    };
    // Killed before the commit, the file holds a key that the database learns of at its first use.
    more.write(path).map_err(told)?;
    tx.commit().await?;
    tracing::info!(version, "The master key has another version.");
    Ok(version)
}

/// Takes every version but the one in use out of the key file, once nothing is sealed under them.
/// Returns their numbers, and what no key opens.
pub async fn drop_old(services: &Services) -> Result<(Vec<u32>, Vec<String>), Failure> {
    let path = &services.config.master_key_file;
    let _turn = Turn::take(path).map_err(told)?;
    let keys = read(services)?;
    let in_use = versions::in_use(services.store.read()).await?;
    if keys.newest() != in_use.version {
        return Err(Failure::broken("run `sekisho keys reencrypt` first"));
    }
    let left_s = in_use.since.seconds() + OVERLAP_S - services.clock.now().seconds();
    if left_s > 0 {
        let sentence = format!("a server may still seal under the old version; try again in {left_s} s");
        return Err(Failure::Broken(sentence.into()));
    }
    let unopened = reencrypt::pass(services).await?.unopened;
    let gone = keys.iter().map(|(version, _)| version).filter(|version| *version != in_use.version).collect();
    keys.without_old().write(path).map_err(told)?;
    tracing::info!(version = in_use.version, "The master key has one version only.");
    Ok((gone, unopened))
}

fn read(services: &Services) -> Result<MasterKeys, Failure> {
    let keys = MasterKeys::read(&services.config.master_key_file).map_err(told)?;
    keys.ok_or_else(|| Failure::broken("the key file is missing"))
}

fn told(sentence: String) -> Failure {
    Failure::Broken(sentence.trim_end_matches('.').to_owned().into())
}
