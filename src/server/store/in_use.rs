//! Who has an SQLite database open: a lock on a file beside it, which ends with the process that holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// How often a lock that somebody holds is tried before giving up: five seconds in all.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// The lock. Held together with others by everybody who uses the database, alone by whoever changes its
/// tables or puts another file in its place.
#[derive(Debug)]
pub struct InUse(File);

impl InUse {
    /// Takes part in the use of the database in this file.
    pub async fn shared(database: &Path) -> io::Result<Self> {
        let lock = Self::open(database)?;
        lock.share().await?;
        Ok(lock)
    }

    /// Has the database for itself; `None` if somebody else uses it.
    pub fn alone(database: &Path) -> io::Result<Option<Self>> {
        let lock = Self::open(database)?;
        Ok(lock.try_alone()?.then_some(lock))
    }

    /// Tries to be alone. A failed try gives up the part in the use: [`InUse::share`] takes it again.
    pub(super) fn try_alone(&self) -> io::Result<bool> {
        taken(self.0.try_lock())
    }

    /// Lets others in again, or comes back in.
    pub(super) async fn share(&self) -> io::Result<()> {
        for _ in 0..TRIES {
            if taken(self.0.try_lock_shared())? {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(io::Error::other("another Sekisho is restoring it or brings its tables up to date; wait for it"))
    }

    /// Tries to be alone for five seconds, or until `is_needless` says that there is no need any more.
    pub(super) async fn wait_alone(&self, is_needless: impl AsyncFn() -> sqlx::Result<bool>) -> sqlx::Result<bool> {
        for _ in 0..TRIES {
            if self.try_alone()? {
                return Ok(true);
            }
            if is_needless().await? {
                self.share().await?;
                return Ok(false);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(io::Error::other("its tables are older than this Sekisho, and another one uses it; stop that one first")
            .into())
    }

    fn open(database: &Path) -> io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-lock");
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map(Self)
    }
}

fn taken(tried: Result<(), TryLockError>) -> io::Result<bool> {
    match tried {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
