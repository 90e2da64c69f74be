//! Passwords that attackers try first.

/// Common and breached passwords of eight or more characters, sorted by their bytes; where from:
/// docs/security-decisions.md.
pub(super) static COMMON: &str = include_str!("common_passwords.txt");

/// True if `list`, lines sorted by their bytes, has the line `word`. Looked up where it lies: an
/// index would cost memory and every start its making.
pub(super) fn is_listed(list: &str, word: &str) -> bool {
    let (mut list, word) = (list.as_bytes(), word.as_bytes());
    while !list.is_empty() {
        let (left, right) = list.split_at(list.len() / 2);
        // The line around the middle.
        let start = left.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = right.iter().position(|byte| *byte == b'\n').map_or(list.len(), |at| left.len() + at);
        let line = list.get(start..end).unwrap_or_default();
        list = match word.cmp(line) {
            std::cmp::Ordering::Less => list.get(..start).unwrap_or_default(),
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Greater => list.get(end + 1..).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        assert!(COMMON.lines().is_sorted());
        for word in COMMON.lines() {
            assert!(is_listed(COMMON, word), "{word}");
            assert!(!is_listed(COMMON, word.get(1..).unwrap()) || COMMON.lines().any(|line| line == &word[1..]));
        }
        for word in ["", "\n", "a", "seven lamps over the gate", "~~~~~~~~~~~~", "password\npassword1"] {
            assert!(!is_listed(COMMON, word), "{word:?}");
        }
        assert!(is_listed("only", "only") && is_listed("a\nb", "a") && is_listed("a\nb", "b"));
        assert!(!is_listed("", "") && !is_listed("a\nb", "ab"));
    }
}
