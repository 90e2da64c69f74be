//! A message for those who read mail as plain text.

use super::content::Content;

/// The text part. Each link stands on a line of its own, so that every client finds its end.
pub fn text(content: &Content) -> String {
    let mut parts = vec![content.text.clone()];
    parts.extend(content.action.as_ref().map(|link| format!("{}:\n{}", link.label, link.url)));
    if !content.facts.is_empty() {
        let facts = content.facts.iter().map(|(label, value)| format!("{label}: {value}"));
        parts.push(facts.collect::<Vec<_>>().join("\n"));
    }
    parts.extend(content.objection.as_ref().map(|(why, link)| format!("{why}\n{}", link.url)));
    // What follows this line is a signature to mail programs.
    parts.push(format!("-- \nSekisho (関所)\n{}", content.foot));
    parts.join("\n\n") + "\n"
}
