//! Sealing: what must stay secret at rest is encrypted for the one place where it stands.

use super::{DigestKey, KeyError, MasterKey, random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Version of the key, part of what a seal covers, so that keys can be rotated later.
const VERSION: &str = "1";

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

/// What seals and opens: keys that follow from the master key, each purpose its own (HKDF-SHA-256).
pub struct Seals {
    sealing: Zeroizing<[u8; 32]>,
    fingerprint: String,
    first_digest_keys: [DigestKey; 3],
}

impl Seals {
    /// Derives every key.
    pub fn new(master: &MasterKey) -> Result<Self, KeyError> {
        let fingerprint = derive(master, b"sekisho fingerprint v1")?;
        let digest_key = |purpose: &[u8]| DigestKey::from_bytes(&derive(master, purpose)?[..]);
        Ok(Self {
            sealing: derive(master, b"sekisho sealing v1")?,
            fingerprint: BASE64URL_NOPAD.encode(&fingerprint[..]),
            first_digest_keys: [
                digest_key(b"sekisho recovery codes v1")?,
                digest_key(b"sekisho limits v1")?,
                digest_key(b"sekisho settings v1")?,
            ],
        })
    }

    /// Tells one master key from another without telling the key; the database keeps it.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The keys of recovery codes, limits and settings from before the database kept them.
    pub fn first_digest_keys(&self) -> [DigestKey; 3] {
        self.first_digest_keys.clone()
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

    /// Opens what [`Seals::seal`] made for the same place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| KeyError::NotOurs)?;
        let (nonce, body) = bytes.split_first_chunk::<24>().ok_or(KeyError::NotOurs)?;
        let aad = place.associated_data();
        self.cipher()?
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| KeyError::NotOurs)
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, KeyError> {
        XChaCha20Poly1305::new_from_slice(&self.sealing[..]).map_err(|_| KeyError::Underivable)
    }
}

fn derive(master: &MasterKey, purpose: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, master.bytes()).expand(purpose, &mut key[..]).map_err(|_| KeyError::Underivable)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::{KeyError, MasterKey, Place, Seals};

    fn place(owner: &str) -> Place<'_> {
        Place { table: "authenticators", column: "sealed_secret", owner }
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() -> Result<(), KeyError> {
        let seals = Seals::new(&MasterKey::from_bytes([7; 32]))?;
        let sealed = seals.seal(place("ada"), b"seed")?;
        assert_eq!(seals.open(place("ada"), &sealed)?.as_slice(), b"seed");
        assert!(seals.open(place("eve"), &sealed).is_err());
        let other = Seals::new(&MasterKey::from_bytes([8; 32]))?;
        assert!(other.open(place("ada"), &sealed).is_err());
        assert_ne!(seals.fingerprint(), other.fingerprint());
        Ok(())
    }
}
