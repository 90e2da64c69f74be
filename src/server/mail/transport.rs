//! The ways a message can take.

use super::keep::Kept;
use super::smtp::Smtp;
use crate::model::Timestamp;
use crate::server::config::Config;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the outbox holds, sealed: the address and the whole mail (RFC 5322).
#[derive(Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub text: String,
}

/// Why a message was not taken; never names its address.
#[derive(Debug, PartialEq, Eq)]
pub enum Delay {
    /// To be tried again.
    Later(String),
    /// It would be refused again.
    Never(String),
}

/// Where messages go.
pub enum Transport {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into this folder, as `.eml` files.
    Folder(PathBuf),
}

/// A message on its way.
pub struct Parcel {
    /// The id in the outbox.
    pub id: String,
    pub letter: Letter,
    pub now: Timestamp,
    pub expires_at: Timestamp,
}

impl Transport {
    /// Prepares what the settings say. Fails with a sentence for the operator.
    pub fn open(config: &Config) -> Result<Self, String> {
        let mail = &config.mail;
        match &mail.smtp {
            Some(smtp) => {
                let smtp = Smtp::open(smtp, &mail.from.email, &config.public_url.host)?;
                Ok(Self::Smtp(Box::new(smtp)))
            }
            None => Ok(Self::Folder(super::folder(config))),
        }
    }

    /// Hands a message over; twice is one message to whoever compares the ids.
    pub async fn take(&self, parcel: Parcel) -> Result<(), Delay> {
        match self {
            Self::Smtp(smtp) => smtp.send(&parcel.letter).await,
            Self::Folder(folder) => {
                let Parcel { id, letter, now, expires_at } = parcel;
                let kept = Kept { id: &id, folder: folder.clone(), now, expires_at, text: letter.text };
                // A full disk is a mail server that is down: it delays, it loses nothing.
                kept.write().await.map_err(|error| Delay::Later(error.to_string()))
            }
        }
    }
}
