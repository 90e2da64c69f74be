//! The folder of kept messages: one file each, for its owner only, gone when its link is.

use crate::model::Timestamp;
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};
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
        sweep(&self.folder, self.now).await
    }
}

/// Removes messages that are of no use any more.
pub async fn sweep(folder: &Path, now: Timestamp) -> Result<()> {
    for path in kept(folder).await? {
        let expires_at = parts(&path).and_then(|(expires_at, _)| expires_at.parse().ok());
        if expires_at.is_some_and(|at: i64| at <= now.seconds()) {
            // Another process may have been quicker.
            fs::remove_file(path).await.or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
    }
    Ok(())
}

/// The kept message with this id in the outbox.
pub async fn find(folder: &Path, id: &str) -> Result<Option<String>> {
    let name = format!("{id}.eml");
    for path in kept(folder).await? {
        if parts(&path).is_some_and(|(_, rest)| rest == name) {
            return fs::read_to_string(path).await.map(Some);
        }
    }
    Ok(None)
}

async fn kept(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = match fs::read_dir(folder).await {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut paths = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        paths.push(entry.path());
    }
    Ok(paths)
}

/// When it expires, and the rest of its name.
fn parts(path: &Path) -> Option<(&str, &str)> {
    path.file_name()?.to_str()?.split_once('-')
}
