//! A list of the operator's own: passwords that are refused beside the bundled ones.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use unicode_normalization::UnicodeNormalization;

const MOST_LINES: usize = 1_000_000;
/// Enough for so many lines; a device or a pipe without an end is given up on.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The lines of a file, each as the first eight bytes of its SHA-256, sorted: a million take 8 MB, and
/// no password stays in memory. That another one shares those bytes is not to be expected.
#[derive(Default)]
pub struct PasswordList(Vec<u64>);

impl PasswordList {
    /// Reads the file: UTF-8, one password a line, any case and Unicode form; no line is a comment.
    /// Fails with a sentence for the operator.
    pub fn read(path: &Path) -> Result<Self, String> {
        read(path).map_err(|what| format!("SEKISHO_PASSWORD_LIST_FILE: {} {what}.", path.display()))
    }

    /// True if `lower`, in lower case after NFC, is a line.
    pub(super) fn contains(&self, lower: &str) -> bool {
        !self.0.is_empty() && self.0.binary_search(&digest(lower)).is_ok()
    }
}

/// The list, or what is wrong with the file; never what stands in it.
fn read(path: &Path) -> Result<PasswordList, String> {
    let unreadable = |error| format!("cannot be read: {error}");
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?.take(MOST_BYTES + 1));
    let (mut digests, mut line, mut bytes) = (Vec::new(), Vec::new(), 0);
    for number in 1.. {
        line.clear();
        bytes += file.read_until(b'\n', &mut line).map_err(unreadable)? as u64;
        if line.is_empty() {
            break;
        }
        if bytes > MOST_BYTES || number > MOST_LINES {
            return Err(format!("has more than {MOST_LINES} lines or {} MiB", MOST_BYTES >> 20));
        }
        let text = std::str::from_utf8(&line).map_err(|_| format!("is not UTF-8 in line {number}"))?;
        let word = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        if !word.is_empty() {
            digests.push(digest(&word.nfc().collect::<String>().to_lowercase()));
        }
    }
    digests.sort_unstable();
    digests.dedup();
    digests.shrink_to_fit();
    Ok(PasswordList(digests))
}

fn digest(word: &str) -> u64 {
    let digest: [u8; 32] = Sha256::digest(word.as_bytes()).into();
    digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What reading a file of these bytes gives.
    fn read(bytes: &[u8]) -> Result<PasswordList, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        std::fs::write(&path, bytes).unwrap();
        PasswordList::read(&path)
    }

    #[test]
    fn a_list_of_ones_own_is_compared_whole_in_any_case_and_form() {
        let list = read("\u{feff}Corvus Corax\r\n\n#winter 2026\nCAFE\u{301} noir\nlast".as_bytes()).unwrap();
        for known in ["corvus corax", "#winter 2026", "caf\u{e9} noir", "last"] {
            assert!(list.contains(known), "{known}");
        }
        for other in ["", "corvus", "corvus corax ", "winter 2026", "#winter", "cafe noir", "las"] {
            assert!(!list.contains(other), "{other}");
        }
        assert!(!PasswordList::default().contains("last") && read(b"").unwrap().0.is_empty());
    }

    #[test]
    fn a_list_that_cannot_be_used_is_a_sentence_that_repeats_nothing() {
        let said = |list: Result<PasswordList, String>| list.err().unwrap();
        let latin = said(read(b"first\nsecret caf\xe9\n"));
        assert!(
            latin.starts_with("SEKISHO_PASSWORD_LIST_FILE: ") && latin.ends_with("is not UTF-8 in line 2."),
            "{latin}"
        );
        assert!(!latin.contains("secret"));
        let long = said(read("x\n".repeat(MOST_LINES + 1).as_bytes()));
        assert!(long.ends_with("has more than 1000000 lines or 64 MiB."), "{long}");
        for path in ["/nowhere/list.txt", "/", "/dev/zero"] {
            let said = said(PasswordList::read(Path::new(path)));
            assert!(said.starts_with(&format!("SEKISHO_PASSWORD_LIST_FILE: {path} ")), "{said}");
        }
    }

    #[test]
    fn a_list_costs_eight_bytes_a_line() {
        let lines: String = (0..10_000).map(|number| format!("word {number}\nWORD {number}\n")).collect();
        let list = read(lines.as_bytes()).unwrap();
        assert_eq!((list.0.len(), list.0.capacity()), (10_000, 10_000));
    }
}
