//! The one rule on passwords that a page can judge while somebody types: length.

/// Longest password, in code points; longer is refused, never cut (NIST SP 800-63B-4, 3.1.1.2).
pub const MAX_CHARS: usize = 256;
/// Longest password, in bytes.
pub const MAX_BYTES: usize = 1024;
/// Fewest code points where every account has a second factor.
pub const MIN_CHARS_WITH_SECOND_FACTOR: usize = 8;
/// Fewest code points where a password alone may open an account.
pub const MIN_CHARS_ALONE: usize = 15;

use crate::model::Problem;

/// Judges the length of `password`, counted in code points.
pub fn check_length(password: &str, min_chars: usize) -> Result<(), Problem> {
    let chars = password.chars().count();
    if chars > MAX_CHARS || password.len() > MAX_BYTES {
        return Err(Problem::PasswordTooLong);
    }
    if chars < min_chars {
        return Err(Problem::PasswordTooShort);
    }
    Ok(())
}
