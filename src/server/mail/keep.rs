//! The folder of kept messages: one file each, for its owner only, gone when its link is.

use crate::model::Timestamp;
use std::io::{ErrorKind, Result};
use std::path::PathBuf;
use tokio::fs;
use tokio::io::AsyncWriteExt;

/// A message on its way to the folder.
pub struct Kept<'a> {
    /// The id in the outbox.
    pub id: &'a str,
    pub folder: PathBuf,
    pub now: Timestamp,
    /// When the file is of no use any more; part of its name.
    pub expires_at: Timestamp,
    pub text: String,
}

impl Kept<'_> {
    /// Writes the message under its final name only when it is complete, and removes old ones.
    /// Written twice it is still one file.
    pub async fn write(self) -> Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).await?;
        let name = format!("{}-{}", self.expires_at.seconds(), self.id);
        let draft = self.folder.join(format!("{name}.part"));
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).await?;
        file.write_all(self.text.as_bytes()).await?;
        file.sync_all().await?;
        fs::rename(&draft, self.folder.join(format!("{name}.eml"))).await?;
        self.sweep().await
    }

    async fn sweep(&self) -> Result<()> {
        let mut entries = fs::read_dir(&self.folder).await?;
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            let expires_at = name.to_str().and_then(|name| name.split_once('-')).and_then(|(at, _)| at.parse().ok());
            if expires_at.is_some_and(|at: i64| at <= self.now.seconds()) {
                // Another process may have been quicker.
                fs::remove_file(entry.path()).await.or_else(|error| match error.kind() {
                    ErrorKind::NotFound => Ok(()),
                    _ => Err(error),
                })?;
            }
        }
        Ok(())
    }
}
