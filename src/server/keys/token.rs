//! Random bearer secrets: whoever shows one is believed, so we keep only a digest.

use super::KeyError;
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// `N` bytes from the operating system's generator.
pub fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits as 43 characters of base64url. Does not print.
pub struct Token(Zeroizing<String>);

impl Token {
    /// Makes a new one.
    pub fn new() -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(random::<32>()?);
        Ok(Self(Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes))))
    }

    /// Reads one that a client shows; `None` unless it has the one shape we make.
    pub fn parse(shown: &str) -> Option<Self> {
        let is_ours = shown.len() == 43 && BASE64URL_NOPAD.decode(shown.as_bytes()).is_ok();
        is_ours.then(|| Self(Zeroizing::new(shown.to_owned())))
    }

    /// The secret itself, for the cookie it travels in.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SHA-256 in base64url: what the database keeps. 256 random bits need no slow hash.
    pub fn digest(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.0.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::Token;
    use std::collections::HashSet;

    #[test]
    fn ten_thousand_tokens_are_all_different() {
        let tokens: HashSet<String> =
            (0..10_000).filter_map(|_| Token::new().ok()).map(|t| t.expose().into()).collect();
        assert_eq!(tokens.len(), 10_000);
    }

    #[test]
    fn only_our_shape_is_read() {
        assert!(Token::parse("short").is_none());
        assert!(Token::parse(&"!".repeat(43)).is_none());
        assert!(Token::new().is_ok_and(|token| Token::parse(token.expose()).is_some()));
    }
}
