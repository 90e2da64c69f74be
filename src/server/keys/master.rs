//! The master key: 32 bytes in a file that only its owner may read.

use super::random;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use zeroize::Zeroizing;

/// The secret from which every other key follows. Does not print.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A key made of given bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key; `None` if there is no such file.
    ///
    /// Fails with a sentence if others may read the file or it does not hold exactly 32 bytes.
    pub fn read(path: &Path) -> Result<Option<Self>, String> {
        let shown = path.display();
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("SEKISHO_MASTER_KEY_FILE: {shown} cannot be read: {error}.")),
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(format!("SEKISHO_MASTER_KEY_FILE: others may read {shown}; run `chmod 600 {shown}`."));
        }
        let bytes = Zeroizing::new(
            fs::read(path).map_err(|error| format!("SEKISHO_MASTER_KEY_FILE: {shown} cannot be read: {error}."))?,
        );
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| format!("SEKISHO_MASTER_KEY_FILE: {shown} holds {} bytes instead of 32.", bytes.len()))?;
        Ok(Some(Self::from_bytes(key)))
    }

    /// Makes a key and writes it where none is yet, so that it survives a power cut.
    pub fn create(path: &Path) -> Result<Self, String> {
        let failed = |cause: &dyn std::fmt::Display| {
            format!("SEKISHO_MASTER_KEY_FILE: {} cannot be written: {cause}.", path.display())
        };
        let key = random::<32>().map_err(|error| failed(&error))?;
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|error| failed(&error))?;
        file.write_all(&key).and_then(|()| file.sync_all()).map_err(|error| failed(&error))?;
        Ok(Self::from_bytes(key))
    }

    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        &self.0[..]
    }
}
