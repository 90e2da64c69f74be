//! Keys of digests (HMAC-SHA-256).

use super::{KeyError, random};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A key of digests. Does not print.
#[derive(Clone)]
pub struct DigestKey(Zeroizing<[u8; 32]>);

impl DigestKey {
    /// Makes a new one.
    pub fn new() -> Result<Self, KeyError> {
        Ok(Self(Zeroizing::new(random::<32>()?)))
    }

    /// The key that was kept as bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        <[u8; 32]>::try_from(bytes).map(|bytes| Self(Zeroizing::new(bytes))).map_err(|_| KeyError::NotOurs)
    }

    /// The key that was kept as base64url.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| KeyError::NotOurs)?))
    }

    /// The bytes themselves, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// The key as base64url, where it is a salt that stands beside what it salts.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(self.bytes())
    }

    /// The digest of `parts`, in base64url. No two lists of parts share a spelling.
    pub fn digest(&self, parts: &[&str]) -> Result<String, KeyError> {
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_le_bytes()).collect();
        let spelled: Vec<&[u8]> =
            lengths.iter().zip(parts).flat_map(|(length, part)| [&length[..], part.as_bytes()]).collect();
        self.digest_of(&spelled)
    }

    /// True if `digest` is the one of `parts`; takes as long whether or not it is.
    pub fn made(&self, digest: &str, parts: &[&str]) -> Result<bool, KeyError> {
        Ok(self.digest(parts)?.as_bytes().ct_eq(digest.as_bytes()).into())
    }

    /// The digest of one part after the other, in base64url.
    pub(super) fn digest_of(&self, parts: &[&[u8]]) -> Result<String, KeyError> {
        let key = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.bytes());
        let mut mac = key.map_err(|_| KeyError::Underivable)?;
        parts.iter().for_each(|part| mac.update(part));
        Ok(BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::{DigestKey, KeyError};

    #[test]
    fn no_two_lists_of_parts_share_a_digest() -> Result<(), KeyError> {
        let key = DigestKey::new()?;
        assert_eq!(key.digest(&["ab", "c"])?, key.digest(&["ab", "c"])?);
        assert_ne!(key.digest(&["ab", "c"])?, key.digest(&["a", "bc"])?);
        assert_ne!(key.digest(&["abc"])?, key.digest(&["abc", ""])?);
        assert!(key.made(&key.digest(&["x"])?, &["x"])? && !key.made(&key.digest(&["x"])?, &["y"])?);
        assert_ne!(DigestKey::new()?.digest(&["x"])?, key.digest(&["x"])?);
        assert_eq!(DigestKey::from_text(&key.text())?.digest(&["x"])?, key.digest(&["x"])?);
        assert!(DigestKey::from_text("short").is_err());
        Ok(())
    }
}
