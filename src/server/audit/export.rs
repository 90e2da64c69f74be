//! The history as lines of JSON, for another place to keep. docs/audit.md describes the fields.

use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::audit_chain::{self, Cursor, Entry, Link};
use serde_json::{Value, json};

/// Events read at once.
const PAGE: i64 = 500;

/// Hands every event of `since` or later to `write` as a line: first the chained ones in their order,
/// then those that wait for it. Asks for no check: that is `verify`'s.
pub async fn export(
    services: &Services,
    since: Timestamp,
    mut write: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut put = |line: Value| write(&ascii(&line.to_string())).map_err(|cause| Failure::Broken(cause.into()));
    let mut position = 0;
    loop {
        let links = audit_chain::links(services.store.read(), position, PAGE).await?;
        let Some(last) = links.last() else { break };
        position = last.position;
        // An event that was removed has no time; that it is missing must not be left out.
        for link in links.iter().filter(|link| link.found.is_none() || link.entry.at >= since.seconds()) {
            put(chained(link))?;
        }
    }
    let mut after = Cursor { at: since.seconds(), nth: i64::MIN, id: String::new() };
    loop {
        let page = audit_chain::unchained(services.store.read(), &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Cursor { at: last.at, nth: last.nth, id: last.id.clone() };
        for entry in &page {
            put(line(entry, None))?;
        }
    }
}

fn chained(link: &Link) -> Value {
    match link.found {
        Some(_) => line(&link.entry, Some(link)),
        None => json!({ "position": link.position, "hash": link.hash, "event": link.entry.id, "missing": true }),
    }
}

fn line(entry: &Entry, link: Option<&Link>) -> Value {
    json!({
        "position": link.map(|link| link.position),
        "hash": link.map(|link| link.hash.as_str()),
        "event": entry.id,
        "at": Timestamp::from(entry.at).iso(),
        "account": entry.account_id,
        "what": entry.kind,
        "address": entry.address,
        "user_agent": entry.agent,
    })
}

/// JSON in printable ASCII: what a visitor sent must neither move the cursor of a terminal nor
/// turn the order of a line round.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::ascii;
    use serde_json::{Value, json};

    #[test]
    fn what_was_sent_comes_out_in_printable_ascii_and_means_the_same() {
        let hostile = "a\r\n\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\u{2028}関\u{1f511}\"\\";
        let line = ascii(&json!({ "user_agent": hostile }).to_string());
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["user_agent"], hostile);
    }
}
