//! What happened to whom, from where.

mod device;

pub use device::device;

use crate::model::views::{EventKind, EventLine};
use crate::model::{AccountId, Language, Timestamp};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::events::{self, Event};
use sqlx::AnyConnection;

/// Where a request came from, as far as it can be told.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: String,
    /// The `User-Agent`, printable ASCII, at most 256 bytes.
    pub agent: String,
    /// What its sender reads.
    pub language: Language,
}

/// Adds to the history of an account, in the transaction of the deed itself.
pub async fn record(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    tracing::info!(account = account.as_str(), kind = name(kind), "Something happened to an account.");
    let event = Event {
        at: services.clock.now(),
        kind: name(kind).to_owned(),
        address: origin.address.clone(),
        agent: origin.agent.clone(),
    };
    Ok(events::insert(db, account, &event).await?)
}

/// An event as the pages show it; `None` for a kind this version does not know.
pub fn line(event: Event) -> Option<EventLine> {
    let Event { at, kind, address, agent } = event;
    let kind = KINDS.into_iter().find(|known| name(*known) == kind)?;
    Some(EventLine { kind, at: Timestamp::from(at.seconds()), device: device(&agent), address })
}

const KINDS: [EventKind; 13] = [
    EventKind::Registered,
    EventKind::LoggedIn,
    EventKind::LoggedInWithRecoveryCode,
    EventKind::PasswordRefused,
    EventKind::CodeRefused,
    EventKind::SecondFactorOn,
    EventKind::RecoveryCodesMade,
    EventKind::LoggedOut,
    EventKind::PasswordChanged,
    EventKind::EmailVerified,
    EventKind::EmailChanged,
    EventKind::AccessChanged,
    EventKind::SecondFactorReset,
];

fn name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registered => "registered",
        EventKind::LoggedIn => "logged_in",
        EventKind::LoggedInWithRecoveryCode => "logged_in_with_recovery_code",
        EventKind::PasswordRefused => "password_refused",
        EventKind::CodeRefused => "code_refused",
        EventKind::SecondFactorOn => "second_factor_on",
        EventKind::RecoveryCodesMade => "recovery_codes_made",
        EventKind::LoggedOut => "logged_out",
        EventKind::PasswordChanged => "password_changed",
        EventKind::EmailVerified => "email_verified",
        EventKind::EmailChanged => "email_changed",
        EventKind::AccessChanged => "access_changed",
        EventKind::SecondFactorReset => "second_factor_reset",
    }
}
