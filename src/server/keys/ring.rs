//! Sealing and keyed digests, each purpose under a key of its own (HKDF-SHA-256).

use super::{MasterKey, random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

/// Version of the key, part of what a seal covers, so that keys can be rotated later.
const VERSION: &str = "1";

/// What went wrong with a key.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    #[error("a sealed value could not be opened: it was changed, moved or sealed under another key")]
    NotOurs,
    #[error("a key could not be derived")]
    Underivable,
}

/// Where a sealed value stands. A value moved to another place does not open there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub owner: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        // Lengths first: no two places share a spelling.
        [self.table, self.column, self.owner, VERSION]
            .iter()
            .flat_map(|part| (part.len() as u64).to_le_bytes().into_iter().chain(part.bytes()))
            .collect()
    }
}

/// The keys that follow from the master key.
pub struct KeyRing {
    sealing: Zeroizing<[u8; 32]>,
    recovery_codes: Zeroizing<[u8; 32]>,
    limits: Zeroizing<[u8; 32]>,
    settings: Zeroizing<[u8; 32]>,
    fingerprint: String,
}

impl KeyRing {
    /// Derives every key.
    pub fn new(master: &MasterKey) -> Result<Self, KeyError> {
        let fingerprint = derive(master, b"sekisho fingerprint v1")?;
        Ok(Self {
            sealing: derive(master, b"sekisho sealing v1")?,
            recovery_codes: derive(master, b"sekisho recovery codes v1")?,
            limits: derive(master, b"sekisho limits v1")?,
            settings: derive(master, b"sekisho settings v1")?,
            fingerprint: BASE64URL_NOPAD.encode(&fingerprint[..]),
        })
    }

    /// Tells one master key from another without telling the key; the database keeps it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Encrypts `plain` for `place` (XChaCha20-Poly1305, random 192-bit nonce), as base64url.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<String, KeyError> {
        let nonce = random::<24>()?;
        let aad = place.associated_data();
        let sealed = self
            .cipher()?
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| KeyError::NotOurs)?;
        Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    /// Opens what [`KeyRing::seal`] made for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| KeyError::NotOurs)?;
        let (nonce, body) = bytes.split_first_chunk::<24>().ok_or(KeyError::NotOurs)?;
        let aad = place.associated_data();
        self.cipher()?
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| KeyError::NotOurs)
    }

    /// HMAC-SHA-256 of a recovery code, bound to its account.
    pub fn recovery_code_digest(&self, account: &str, code: &str) -> Result<String, KeyError> {
        digest(&self.recovery_codes, &[account.as_bytes(), b"\0", code.as_bytes()])
    }

    /// HMAC-SHA-256 of an address, under which guesses at its account are counted.
    pub fn limit_digest(&self, email_key: &str) -> Result<String, KeyError> {
        digest(&self.limits, &[email_key.as_bytes()])
    }

    /// HMAC-SHA-256 of a setting: tells whether it was changed, and not what it is.
    pub fn setting_digest(&self, name: &str, value: &str) -> Result<String, KeyError> {
        digest(&self.settings, &[name.as_bytes(), b"\0", value.as_bytes()])
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, KeyError> {
        XChaCha20Poly1305::new_from_slice(&self.sealing[..]).map_err(|_| KeyError::Underivable)
    }
}

fn digest(key: &[u8; 32], parts: &[&[u8]]) -> Result<String, KeyError> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key[..]).map_err(|_| KeyError::Underivable)?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
}

fn derive(master: &MasterKey, purpose: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, master.bytes()).expand(purpose, &mut key[..]).map_err(|_| KeyError::Underivable)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::{KeyError, KeyRing, MasterKey, Place};

    fn place(owner: &str) -> Place<'_> {
        Place { table: "authenticators", column: "sealed_secret", owner }
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() -> Result<(), KeyError> {
        let ring = KeyRing::new(&MasterKey::from_bytes([7; 32]))?;
        let sealed = ring.seal(place("ada"), b"seed")?;
        assert_eq!(ring.open(place("ada"), &sealed)?.as_slice(), b"seed");
        assert!(ring.open(place("eve"), &sealed).is_err());
        let other = KeyRing::new(&MasterKey::from_bytes([8; 32]))?;
        assert!(other.open(place("ada"), &sealed).is_err());
        assert_ne!(ring.fingerprint(), other.fingerprint());
        Ok(())
    }
}
