//! What an operator changed between two starts.

use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::guards;
use std::collections::BTreeMap;

/// Name under which the database keeps what the settings were.
const SETTINGS: &str = "settings";

/// Logs the names of settings that differ from those of the last start. The database keeps keyed
/// digests only: a value may be a password.
pub async fn note_settings(services: &Services) -> Result<(), Failure> {
    let now: BTreeMap<String, String> = services
        .config
        .given
        .iter()
        .map(|(name, value)| Ok((name.to_owned(), services.keys.setting_digest(name, value)?)))
        .collect::<Result<_, Failure>>()?;
    let mut tx = services.store.begin().await?;
    let kept = guards::find(&mut *tx, SETTINGS).await?;
    let before: Option<BTreeMap<String, String>> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    let text = serde_json::to_string(&now).map_err(|cause| Failure::Broken(cause.into()))?;
    guards::put(&mut *tx, SETTINGS, &text).await?;
    tx.commit().await?;
    if let Some(before) = before {
        let names = changed(&before, &now).join(" ");
        tracing::info!(kind = "settings_changed", names, "The settings are not those of the last start.");
    }
    Ok(())
}

/// Names that were added, taken away or given another value.
fn changed<'a>(before: &'a BTreeMap<String, String>, now: &'a BTreeMap<String, String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = before
        .keys()
        .chain(now.keys())
        .filter(|name| before.get(*name) != now.get(*name))
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
