//! Sealing: what must stay secret at rest is encrypted for the one place where it stands.

use super::master::{MasterKey, MasterKeys};
use super::{DigestKey, KeyError, random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A version that is not known is looked for in the file this often at most: a cookie can name any.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Where a sealed value stands. A value moved to another place does not open there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub owner: &'a str,
}

impl Place<'_> {
    fn associated_data(&self, version: u32) -> Vec<u8> {
        // Lengths first: no two places share a spelling.
        [self.table, self.column, self.owner, &version.to_string()]
            .iter()
            .flat_map(|part| (part.len() as u64).to_le_bytes().into_iter().chain(part.bytes()))
            .collect()
    }
}

/// What seals and opens, under every version of the master key that the file holds.
pub struct Seals {
    file: PathBuf,
    known: RwLock<Known>,
}

struct Known {
    versions: BTreeMap<u32, Arc<Version>>,
    /// The version that new values are sealed under.
    sealing: u32,
    looked_at: Option<Instant>,
}

/// What follows from one version of the master key, each purpose its own (HKDF-SHA-256).
struct Version {
    sealing: Zeroizing<[u8; 32]>,
    fingerprint: String,
}

impl Version {
    fn new(master: &MasterKey) -> Result<Self, KeyError> {
        Ok(Self { sealing: derive(master, b"sekisho sealing v1")?, fingerprint: fingerprint(master)? })
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, KeyError> {
        XChaCha20Poly1305::new_from_slice(&self.sealing[..]).map_err(|_| KeyError::Underivable)
    }
}

impl Seals {
    /// Seals under version `sealing` of the keys that were read from `file`.
    pub fn new(file: &Path, keys: &MasterKeys, sealing: u32) -> Result<Self, KeyError> {
        let known = Known { versions: BTreeMap::new(), sealing, looked_at: None };
        let seals = Self { file: file.to_owned(), known: RwLock::new(known) };
        seals.learn(keys)?;
        Ok(seals)
    }

    /// Tells one master key from another without telling the key; the database keeps it. `None` for a
    /// version that is not known.
    pub fn fingerprint(&self, version: u32) -> Option<String> {
        self.read().versions.get(&version).map(|version| version.fingerprint.clone())
    }

    /// The newest version that is known.
    pub fn newest(&self) -> u32 {
        self.read().versions.last_key_value().map_or(1, |(version, _)| *version)
    }

    /// The version that new values are sealed under.
    pub fn version(&self) -> u32 {
        self.read().sealing
    }

    /// Seals under this version from now on; it must be known.
    pub fn seal_under(&self, version: u32) -> Result<(), KeyError> {
        let mut known = self.write();
        if !known.versions.contains_key(&version) {
            return Err(KeyError::UnknownVersion(version));
        }
        known.sealing = version;
        Ok(())
    }

    /// Reads the file again for versions that were added.
    pub fn look_again(&self) -> Result<(), String> {
        self.write().looked_at = Some(Instant::now());
        let Some(keys) = MasterKeys::read(&self.file)? else { return Ok(()) };
        self.learn(&keys).map_err(|error| error.to_string())
    }

    /// Encrypts `plain` for `place` (XChaCha20-Poly1305, random 192-bit nonce), as base64url after
    /// the version of the key. Version 1 is not written: so it was before there were versions.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<String, KeyError> {
        let number = self.version();
        let version = self.known_version(number).ok_or(KeyError::UnknownVersion(number))?;
        let (nonce, aad) = (random::<24>()?, place.associated_data(number));
        let payload = Payload { msg: plain, aad: &aad };
        let sealed = version.cipher()?.encrypt(&XNonce::from(nonce), payload).map_err(|_| KeyError::NotOurs)?;
        let text = BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat());
        Ok(if number == 1 { text } else { format!("{number}.{text}") })
    }

    /// Opens what [`Seals::seal`] made for the same place, under any version that the file holds.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let (number, text) = sealed.split_once('.').unwrap_or(("1", sealed));
        let number: u32 = number.parse().map_err(|_| KeyError::NotOurs)?;
        let version = self.version_named(number).ok_or(KeyError::UnknownVersion(number))?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| KeyError::NotOurs)?;
        let (nonce, body) = bytes.split_first_chunk::<24>().ok_or(KeyError::NotOurs)?;
        let aad = place.associated_data(number);
        let opened = version.cipher()?.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad });
        opened.map(Zeroizing::new).map_err(|_| KeyError::NotOurs)
    }

    fn learn(&self, keys: &MasterKeys) -> Result<(), KeyError> {
        let mut known = self.write();
        for (version, key) in keys.iter() {
            // A version means one key for ever; the start compares it with the database.
            if let std::collections::btree_map::Entry::Vacant(place) = known.versions.entry(version) {
                place.insert(Arc::new(Version::new(key)?));
            }
        }
        Ok(())
    }

    fn version_named(&self, version: u32) -> Option<Arc<Version>> {
        if let Some(found) = self.known_version(version) {
            return Some(found);
        }
        let looked_at = self.read().looked_at;
        if looked_at.is_none_or(|at| at.elapsed() >= LOOK_AGAIN)
            && let Err(sentence) = self.look_again()
        {
            tracing::error!(version, "{sentence}");
        }
        self.known_version(version)
    }

    fn known_version(&self, version: u32) -> Option<Arc<Version>> {
        self.read().versions.get(&version).cloned()
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of digests of recovery codes, limits and settings from before the database kept them:
/// they followed from the only version there was.
pub fn first_digest_keys(keys: &MasterKeys) -> Result<[DigestKey; 3], KeyError> {
    let (_, oldest) = keys.iter().next().ok_or(KeyError::UnknownVersion(1))?;
    let derived = |purpose: &[u8]| DigestKey::from_bytes(&derive(oldest, purpose)?[..]);
    Ok([derived(b"sekisho recovery codes v1")?, derived(b"sekisho limits v1")?, derived(b"sekisho settings v1")?])
}

/// Tells one master key from another without telling the key.
pub fn fingerprint(master: &MasterKey) -> Result<String, KeyError> {
    Ok(BASE64URL_NOPAD.encode(&derive(master, b"sekisho fingerprint v1")?[..]))
}

fn derive(master: &MasterKey, purpose: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, master.bytes()).expand(purpose, &mut key[..]).map_err(|_| KeyError::Underivable)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(owner: &str) -> Place<'_> {
        Place { table: "authenticators", column: "sealed_secret", owner }
    }

    fn keys(byte: u8) -> MasterKeys {
        MasterKeys::first(MasterKey::from_bytes([byte; 32]))
    }

    fn seals(file: &Path, keys: &MasterKeys) -> Seals {
        Seals::new(file, keys, keys.newest()).unwrap()
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let nowhere = Path::new("/nowhere");
        let one = seals(nowhere, &keys(7));
        let sealed = one.seal(place("ada"), b"seed").unwrap();
        assert_eq!(one.open(place("ada"), &sealed).unwrap().as_slice(), b"seed");
        assert!(one.open(place("eve"), &sealed).is_err());
        let other = seals(nowhere, &keys(8));
        assert!(other.open(place("ada"), &sealed).is_err());
        assert_ne!(one.fingerprint(1), other.fingerprint(1));
    }

    #[test]
    fn a_value_of_an_older_version_opens_and_none_passes_for_another_version() {
        let nowhere = Path::new("/nowhere");
        let (old, both) = (keys(7), keys(7).with_new(2).unwrap());
        let of_1 = seals(nowhere, &old).seal(place("ada"), b"seed").unwrap();
        let seals = seals(nowhere, &both);
        let of_2 = seals.seal(place("ada"), b"seed").unwrap();
        assert!(!of_1.contains('.') && of_2.starts_with("2."));
        for sealed in [&of_1, &of_2] {
            assert_eq!(seals.open(place("ada"), sealed).unwrap().as_slice(), b"seed");
        }
        assert!(seals.open(place("eve"), &of_2).is_err());
        for forged in [format!("2.{of_1}"), of_2.replace("2.", ""), of_2.replace("2.", "3."), format!(".{of_1}")] {
            assert!(seals.open(place("ada"), &forged).is_err(), "{forged}");
        }
    }

    #[test]
    fn a_version_that_is_not_known_is_looked_for_once_a_second_at_most() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("master.key");
        let first = MasterKeys::create(&path).unwrap();
        let server = seals(&path, &first);
        let second = first.with_new(2).unwrap();
        second.write(&path).unwrap();
        let of_2 = seals(&path, &second).seal(place("ada"), b"seed").unwrap();
        assert!(server.open(place("ada"), &of_2).is_ok(), "the file was read again");
        let third = second.with_new(3).unwrap();
        third.write(&path).unwrap();
        let of_3 = seals(&path, &third).seal(place("ada"), b"seed").unwrap();
        assert!(server.open(place("ada"), &of_3).is_err(), "not twice within a second");
        server.write().looked_at = Instant::now().checked_sub(LOOK_AGAIN);
        assert!(server.open(place("ada"), &of_3).is_ok());
        assert_eq!(server.version(), 1, "what it seals under is the database's to say");
    }
}
