//! Which passwords are accepted (NIST SP 800-63B-4, 3.1.1.2): long enough, not known, not about you.

use super::known::{COMMON, is_listed};
use super::list::PasswordList;
use crate::model::{Problem, password_rules};
use crate::server::email::Email;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// What passwords are measured against.
pub struct Policy {
    pub min_chars: usize,
    context: Vec<String>,
    more: PasswordList,
}

/// Unicode NFC, the only change ever made to a password: no trim, no case fold.
pub fn normalise(typed: String) -> Zeroizing<String> {
    let typed = Zeroizing::new(typed);
    Zeroizing::new(typed.nfc().collect())
}

/// What may be hashed at all: bounded and without controls. Asked before any hashing.
pub fn check_form(password: &str) -> Result<(), Problem> {
    if password.chars().any(char::is_control) {
        return Err(Problem::PasswordHasControls);
    }
    password_rules::check_length(password, 0)
}

impl Policy {
    /// Builds the policy; `host` is where browsers reach us.
    pub fn new(min_chars: usize, host: &str) -> Self {
        let mut context = vec!["sekisho".to_owned()];
        context.extend(host.split(['.', ':']).map(str::to_lowercase));
        context.push(host.to_lowercase());
        Self { min_chars, context, more: PasswordList::default() }
    }

    /// The same, which refuses what stands on `list` too.
    pub fn with(self, list: PasswordList) -> Self {
        Self { more: list, ..self }
    }

    /// Judges a new password (already in NFC) of the account at `email`.
    pub fn check_new(&self, password: &str, email: &Email) -> Result<(), Problem> {
        check_form(password)?;
        password_rules::check_length(password, self.min_chars)?;
        let lower = Zeroizing::new(password.to_lowercase());
        if self.knows(&lower) {
            return Err(Problem::PasswordCommon);
        }
        let of_email = email.key().split(['@', '.']).map(str::to_owned).chain([email.key().to_owned()]);
        let whole_parts = email.key().split('@').map(str::to_owned);
        let mut words = self.context.iter().cloned().chain(of_email).chain(whole_parts);
        if words.any(|word| !word.is_empty() && is_repetition(&lower, &word)) {
            return Err(Problem::PasswordNamesYou);
        }
        if self.knows_repeated(&lower) {
            return Err(Problem::PasswordCommon);
        }
        Ok(())
    }

    /// True for a word, in lower case, that attackers try first.
    fn knows(&self, word: &str) -> bool {
        is_listed(COMMON, word) || self.more.contains(word)
    }

    /// `passwordpassword`, `abcabcabc`, `aaaaaaaa`: something short or known, said again and again.
    fn knows_repeated(&self, password: &str) -> bool {
        (1..=password.len() / 2)
            .filter_map(|length| password.get(..length))
            .any(|word| is_repetition(password, word) && (word.chars().count() <= 4 || self.knows(word)))
    }
}

fn is_repetition(password: &str, word: &str) -> bool {
    password.len().is_multiple_of(word.len())
        && password.as_bytes().chunks(word.len()).all(|part| part == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Result<(), Problem> {
        let email = Email::parse("victim@example.test").unwrap();
        Policy::new(8, "login.acme.test").check_new(&normalise(password.to_owned()), &email)
    }

    #[test]
    fn length_is_counted_in_code_points_and_nothing_is_cut() {
        assert_eq!(judge("7 chars"), Err(Problem::PasswordTooShort));
        assert_eq!(judge("関所を越える夜道"), Ok(()));
        assert_eq!(judge(&"長い".repeat(128)), Err(Problem::PasswordCommon));
        assert_eq!(judge(&"0123456789abcdef ".repeat(16)[..256]), Ok(()));
        assert_eq!(judge(&"x".repeat(257)), Err(Problem::PasswordTooLong));
        let alone = Policy::new(password_rules::MIN_CHARS_ALONE, "");
        let email = Email::parse("a@b.test").unwrap();
        assert_eq!(alone.check_new("fourteen chars", &email), Err(Problem::PasswordTooShort));
        assert_eq!(alone.check_new("fifteen letters", &email), Ok(()));
    }

    #[test]
    fn known_passwords_and_your_own_names_are_refused() {
        for common in ["password", "passwordpassword", "PassWord", "12345678", "aaaaaaaaaa", "abcabcabcabc"] {
            assert_eq!(judge(common), Err(Problem::PasswordCommon), "{common}");
        }
        for own in ["victim@example.test", "victimvictim", "VICTIM@example.test", "sekishosekisho", "login.acme.test"] {
            assert_eq!(judge(own), Err(Problem::PasswordNamesYou), "{own}");
        }
        assert!(COMMON.lines().count() >= 20_000);
        assert!(COMMON.lines().all(|line| line.chars().count() >= 8));
    }

    #[test]
    fn the_only_change_to_a_password_is_nfc() {
        assert_eq!(*normalise("cafe\u{301} noir".into()), "caf\u{e9} noir");
        assert_eq!(*normalise(" Spaces stay ".into()), " Spaces stay ");
        assert_eq!(judge("with \0 a nul"), Err(Problem::PasswordHasControls));
    }
}
