//! The master key: 32 bytes in a file that only its owner may read, or several versions of it.
//!
//! A file of exactly 32 bytes is version 1. Any other one is text: a first line that says so, then a
//! line for each version, its number and the key in base64url.

use super::{KeyError, random};
use data_encoding::BASE64URL_NOPAD;
use rustix::fs::{FlockOperation, Gid, Uid, fchown, flock};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const FIRST_LINE: &str = "sekisho master keys";
/// More than any file of ours.
const MAX_BYTES: u64 = 64 * 1024;

/// The secret from which every other key follows. Does not print.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A key made of given bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        &self.0[..]
    }
}

/// The versions of the master key, at least one, by their number.
pub struct MasterKeys(BTreeMap<u32, MasterKey>);

impl MasterKeys {
    /// One key, as version 1.
    pub fn first(key: MasterKey) -> Self {
        Self([(1, key)].into())
    }

    /// Reads the file; `None` if there is none.
    ///
    /// Fails with a sentence if others may read the file or it does not hold keys.
    pub fn read(path: &Path) -> Result<Option<Self>, String> {
        let shown = path.display();
        let failed = |error: std::io::Error| format!("SEKISHO_MASTER_KEY_FILE: {shown} cannot be read: {error}.");
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(format!("SEKISHO_MASTER_KEY_FILE: others may read {shown}; run `chmod 600 {shown}`."));
        }
        if metadata.len() > MAX_BYTES {
            return Err(format!("SEKISHO_MASTER_KEY_FILE: {shown} holds {} bytes instead of 32.", metadata.len()));
        }
        let bytes = Zeroizing::new(fs::read(path).map_err(failed)?);
        Self::parse(&bytes).map(Some).map_err(|wrong| format!("SEKISHO_MASTER_KEY_FILE: {shown} {wrong}."))
    }

    /// Makes a key and writes it where none is yet, so that it survives a power cut.
    pub fn create(path: &Path) -> Result<Self, String> {
        let key = random::<32>().map_err(|error| cannot_be_written(path, &error))?;
        let keys = Self::first(MasterKey::from_bytes(key));
        let _turn = Turn::take(path)?;
        if path.exists() {
            return Err(cannot_be_written(path, &"another process has just made one; start again"));
        }
        keys.write(path)?;
        Ok(keys)
    }

    /// Puts these in the place of what stands in the file, at once or not at all. For whoever has
    /// the [`Turn`].
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let failed = |error: std::io::Error| cannot_be_written(path, &error);
        // Behind a link the file itself is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut draft = path.clone().into_os_string();
        draft.push(".new");
        // One that a killed process left; nobody else is at it, for it is our turn.
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
        if let Ok(old) = fs::metadata(&path) {
            // What root writes must stay readable for the server.
            let (owner, group) = (Uid::from_raw(old.uid()), Gid::from_raw(old.gid()));
            fchown(&file, Some(owner), Some(group)).map_err(|error| failed(error.into()))?;
        }
        let written = file.write_all(&self.spelled()).and_then(|()| file.sync_all());
        written.and_then(|()| fs::rename(&draft, &path)).map_err(failed)?;
        folder_of(&path).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// The number of the newest one.
    pub fn newest(&self) -> u32 {
        self.0.last_key_value().map_or(1, |(version, _)| *version)
    }

    /// Every version, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &MasterKey)> {
        self.0.iter().map(|(version, key)| (*version, key))
    }

    /// The key of this version.
    pub fn find(&self, version: u32) -> Option<&MasterKey> {
        self.0.get(&version)
    }

    /// These and a new one.
    pub fn with_new(&self, version: u32) -> Result<Self, KeyError> {
        let mut keys = self.0.clone();
        keys.insert(version, MasterKey::from_bytes(random::<32>()?));
        Ok(Self(keys))
    }

    /// The newest one only.
    pub fn without_old(&self) -> Self {
        Self(self.0.last_key_value().map(|(version, key)| (*version, key.clone())).into_iter().collect())
    }

    fn spelled(&self) -> Zeroizing<Vec<u8>> {
        if let (1, Some(only)) = (self.0.len(), self.0.get(&1)) {
            return Zeroizing::new(only.bytes().to_vec());
        }
        let mut text = Zeroizing::new(format!("{FIRST_LINE}\n").into_bytes());
        for (version, key) in &self.0 {
            let key = Zeroizing::new(BASE64URL_NOPAD.encode(key.bytes()));
            text.extend_from_slice(format!("{version} ").as_bytes());
            text.extend_from_slice(key.as_bytes());
            text.push(b'\n');
        }
        text
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        if let Ok(key) = <[u8; 32]>::try_from(bytes) {
            return Ok(Self::first(MasterKey::from_bytes(key)));
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, line)| line != FIRST_LINE) {
            return Err(format!("holds {} bytes instead of 32", bytes.len()));
        }
        let mut keys = BTreeMap::new();
        for (number, line) in lines {
            let (version, key) = read_line(line).ok_or_else(|| format!("holds no key in line {}", number + 1))?;
            if keys.insert(version, key).is_some() {
                return Err(format!("holds version {version} of the key twice"));
            }
        }
        if keys.is_empty() { Err("holds no key".to_owned()) } else { Ok(Self(keys)) }
    }
}

fn read_line(line: &str) -> Option<(u32, MasterKey)> {
    let (version, key) = line.split_once(' ')?;
    let key = Zeroizing::new(BASE64URL_NOPAD.decode(key.as_bytes()).ok()?);
    let version = version.parse().ok().filter(|version| *version > 0)?;
    Some((version, MasterKey::from_bytes(<[u8; 32]>::try_from(key.as_slice()).ok()?)))
}

/// The turn to change the key file: of two commands at once, one is told to come back. Ends with
/// its owner, even one that is killed.
pub struct Turn(#[expect(dead_code, reason = "the lock ends when it is closed")] File);

impl Turn {
    /// Takes it.
    pub fn take(path: &Path) -> Result<Self, String> {
        let folder = folder_of(path).map_err(|error| cannot_be_written(path, &error))?;
        match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(folder)),
            Err(rustix::io::Errno::WOULDBLOCK) => {
                Err(cannot_be_written(path, &"another command changes it just now; try again"))
            }
            Err(error) => Err(cannot_be_written(path, &error)),
        }
    }
}

fn folder_of(path: &Path) -> std::io::Result<File> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.map_or_else(|| PathBuf::from("."), Path::to_owned))
}

fn cannot_be_written(path: &Path, cause: &dyn Display) -> String {
    format!("SEKISHO_MASTER_KEY_FILE: {} cannot be written: {cause}.", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::TempDir::new().unwrap()
    }

    #[test]
    fn a_file_of_32_bytes_is_version_1_and_more_are_lines_of_text() {
        let folder = folder();
        let path = folder.path().join("master.key");
        let first = MasterKeys::create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), first.find(1).unwrap().bytes());
        let both = first.with_new(2).unwrap();
        both.write(&path).unwrap();
        let read = MasterKeys::read(&path).unwrap().unwrap();
        assert_eq!((read.newest(), read.iter().count()), (2, 2));
        for (version, key) in both.iter() {
            assert_eq!(read.find(version).unwrap().bytes(), key.bytes());
        }
        read.without_old().write(&path).unwrap();
        let read = MasterKeys::read(&path).unwrap().unwrap();
        assert!(read.find(1).is_none() && read.find(2).unwrap().bytes() == both.find(2).unwrap().bytes());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn what_a_killed_process_left_behind_stops_nobody() {
        let folder = folder();
        let path = folder.path().join("master.key");
        fs::write(folder.path().join("master.key.new"), "half a k").unwrap();
        MasterKeys::create(&path).unwrap().with_new(2).unwrap().write(&path).unwrap();
        assert_eq!(MasterKeys::read(&path).unwrap().unwrap().newest(), 2);
        assert!(MasterKeys::create(&path).is_err(), "a key is never made anew");
    }

    #[test]
    fn one_command_at_a_time_changes_the_file() {
        let folder = folder();
        let path = folder.path().join("master.key");
        let turn = Turn::take(&path).unwrap();
        assert!(Turn::take(&path).err().unwrap().contains("try again"));
        drop(turn);
        Turn::take(&path).unwrap();
    }

    #[test]
    fn a_file_that_holds_no_keys_is_said_to() {
        let good = BASE64URL_NOPAD.encode(&[7; 32]);
        let lines = |lines: &str| MasterKeys::parse(format!("{FIRST_LINE}\n{lines}").as_bytes()).err();
        assert_eq!(lines(&format!("1 {good}\n3 {good}\n")), None);
        assert_eq!(lines(""), Some("holds no key".to_owned()));
        assert_eq!(lines(&format!("1 {good}\n1 {good}")), Some("holds version 1 of the key twice".to_owned()));
        for wrong in [format!("0 {good}"), format!("1 {good}A"), format!("x {good}"), good.clone(), "1 ".to_owned()] {
            assert_eq!(lines(&wrong), Some("holds no key in line 2".to_owned()), "{wrong}");
        }
        assert_eq!(MasterKeys::parse(&[1; 31]).err(), Some("holds 31 bytes instead of 32".to_owned()));
        assert_eq!(MasterKeys::parse(&[0xff; 64]).err(), Some("holds 64 bytes instead of 32".to_owned()));
    }
}
