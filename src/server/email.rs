//! Addresses: parsed once at the door, trusted inside.

use crate::model::Problem;
use unicode_normalization::UnicodeNormalization;

/// A well-formed address as its owner spells it, with the key that finds it again.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    key: String,
}

impl Email {
    /// Reads an address: one `@`, no quotes, spaces or controls, at most 254 bytes.
    ///
    /// The domain becomes a lower-case A-label (UTS 46). An address that Unicode compatibility
    /// would change is refused: two spellings of one mailbox would be two accounts (CVE-2019-19844).
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let typed = typed.trim_matches(' ');
        let (local, domain) = typed.split_once('@').ok_or(Problem::EmailMalformed)?;
        let is_compatible = typed.nfkc().eq(typed.chars());
        if !is_compatible || !is_local_part(local) || !typed.chars().all(is_allowed) {
            return Err(Problem::EmailMalformed);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| Problem::EmailMalformed)?;
        let address = format!("{local}@{domain}");
        if !is_domain(&domain) || address.len() > 254 {
            return Err(Problem::EmailMalformed);
        }
        let key = address.to_lowercase();
        Ok(Self { address, key })
    }

    /// The address as it is shown and written to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The spelling that is compared; unique among accounts.
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn is_allowed(character: char) -> bool {
    !character.is_control() && !character.is_whitespace() && !"\"'`(),:;<>[]\\".contains(character)
}

fn is_local_part(local: &str) -> bool {
    !local.is_empty() && local.len() <= 64 && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    !domain.is_empty() && !domain.contains('@') && domain.split('.').all(|label| !label.is_empty() && label.len() <= 63)
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn one_mailbox_has_one_key() {
        let spellings = ["Ada@Example.TEST", "ada@example.test", " ada@EXAMPLE.test "];
        for spelling in spellings {
            assert_eq!(Email::parse(spelling).map(|email| email.key().to_owned()), Ok("ada@example.test".into()));
        }
        assert_eq!(Email::parse("a@bücher.test").map(|e| e.address().to_owned()), Ok("a@xn--bcher-kva.test".into()));
    }

    #[test]
    fn garbage_is_no_address() {
        let long = format!("{}@example.test", "a".repeat(250));
        let garbage = [
            "",
            "a",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "a b@c.test",
            "a@b..c",
            ".a@b.test",
            "a.@b.test",
            "a..b@c.test",
            "a\0@b.test",
            "\"a\"@b.test",
            "a@b.test,c@d.test",
            "a@b.test;c@d.test",
            "<a@b.test>",
            "a\n@b.test",
            "ａ@b.test",
            "a@exa mple.test",
            "a@-b.test",
            "a@b.test\r\nBcc: c@d.test",
            "ﬁ@b.test",
            &long,
        ];
        for typed in garbage {
            assert!(Email::parse(typed).is_err(), "{typed:?}");
        }
    }
}
