//! What happened to whom, from where.

mod chain;
mod device;
mod export;
mod head;
mod proof;
mod settings;
mod verify;

pub use chain::{BATCH, Look, chain, renew_head};
pub use device::device;
pub use export::export;
pub use head::Head;
pub use settings::note_settings;
pub use verify::{Fault, Report, Waiting, Wrong, verify};

use crate::model::views::{ActivityView, EventKind, EventLine};
use crate::model::{AccountId, Language, Timestamp};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::events::{self, Event};
use proof::Whose;
use sqlx::AnyConnection;

/// Most events of one page.
const PAGE: i64 = 50;

/// Where a request came from, as far as it can be told.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: String,
    /// The `User-Agent`, printable ASCII, at most 256 bytes.
    pub agent: String,
    /// What its sender reads.
    pub language: Language,
    /// The digest of the device cookie it brought.
    pub device: Option<String>,
    pub shown: Shown,
}

/// The digests of the login cookies that a request brought, whatever they still open. Nothing for the API.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub session: Option<String>,
    pub pending: Option<String>,
}

impl Origin {
    /// What the server does by itself.
    pub fn of_the_server() -> Self {
        Self::by_name("server")
    }

    /// What is done on this machine, by no request.
    pub fn by_name(name: &str) -> Self {
        let (address, language) = (name.to_owned(), Language::default());
        Self { address, agent: String::new(), language, device: None, shown: Shown::default() }
    }
}

/// Adds to the history of an account, in the transaction of the deed itself.
pub async fn record(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    let from = origin.address.as_str();
    tracing::info!(kind = name(kind), account = account.as_str(), from, "Something happened to an account.");
    services.metrics.events.add([name(kind)]);
    proof::write(services, db, Whose::Owners(account), name(kind), origin).await
}

/// The same work for somebody who has no account: see [`imitate`]. `email` is a keyed digest of what was typed.
pub async fn record_nobodys(
    services: &Services,
    db: &mut AnyConnection,
    email: &str,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    let from = origin.address.as_str();
    tracing::info!(kind = name(kind), email, from, "Somebody without an account was refused.");
    services.metrics.events.add([name(kind)]);
    // As long as any other id.
    let id = AccountId::from(email.chars().take(36).collect::<String>());
    imitate(services, db, &id, kind, origin).await
}

/// Writes what [`record`] writes, for an account that there is not: else the faster answer tells whether there is
/// one. It is read by nobody and soon deleted.
pub async fn imitate(
    services: &Services,
    db: &mut AnyConnection,
    nobody: &AccountId,
    kind: EventKind,
    origin: &Origin,
) -> Result<(), Failure> {
    proof::write(services, db, Whose::Nobodys(nobody), name(kind), origin).await
}

/// When something last happened to an account.
pub async fn last(services: &Services, account: &AccountId, kind: EventKind) -> Result<Option<Timestamp>, Failure> {
    Ok(events::newest_of(services.store.read(), account, name(kind)).await?.map(|event| event.at))
}

/// A part of the history of an account: what came before `before`, newest first.
pub async fn activity(services: &Services, account: &AccountId, before: Option<i64>) -> Result<ActivityView, Failure> {
    let mut found = events::newest(services.store.read(), account, before.unwrap_or(i64::MAX), PAGE + 1).await?;
    let older = next_page(&mut found);
    Ok(ActivityView { events: found.into_iter().filter_map(line).collect(), older, now: services.clock.now() })
}

/// Leaves a page, and tells before which place the next one begins. On PostgreSQL events of the same moment
/// may share a place: they stand on one page, or one of them would stand on none.
fn next_page(found: &mut Vec<Event>) -> Option<i64> {
    let first_of_next = found.get(usize::try_from(PAGE).ok()?)?.nth;
    match found.iter().position(|event| event.nth == first_of_next) {
        // A page full of one place; the pages could not go on otherwise.
        None | Some(0) => found.truncate(usize::try_from(PAGE).ok()?),
        Some(border) => found.truncate(border),
    }
    found.last().map(|event| event.nth)
}

/// An event as the pages show it; `None` for a kind this version does not know.
pub fn line(event: Event) -> Option<EventLine> {
    let Event { at, kind, address, agent, .. } = event;
    let kind = KINDS.into_iter().find(|known| name(*known) == kind)?;
    Some(EventLine { kind, at: Timestamp::from(at.seconds()), device: device(&agent), address })
}

const KINDS: [EventKind; 26] = [
    EventKind::Registered,
    EventKind::LoggedIn,
    EventKind::LoggedInWithRecoveryCode,
    EventKind::PasswordRefused,
    EventKind::CodeRefused,
    EventKind::Throttled,
    EventKind::SecondFactorOn,
    EventKind::RecoveryCodesMade,
    EventKind::LoggedOut,
    EventKind::ResetAsked,
    EventKind::PasswordChanged,
    EventKind::EmailVerified,
    EventKind::EmailChanged,
    EventKind::AccessChanged,
    EventKind::SecondFactorReset,
    EventKind::Confirmed,
    EventKind::SessionEnded,
    EventKind::OtherSessionsEnded,
    EventKind::SecondFactorReplaced,
    EventKind::SecondFactorOff,
    EventKind::EmailChangeAsked,
    EventKind::EmailChangeUndone,
    EventKind::NotMe,
    EventKind::Left,
    EventKind::CameBack,
    EventKind::Deleted,
];

fn name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Registered => "registered",
        EventKind::LoggedIn => "logged_in",
        EventKind::LoggedInWithRecoveryCode => "logged_in_with_recovery_code",
        EventKind::PasswordRefused => "password_refused",
        EventKind::CodeRefused => "code_refused",
        EventKind::Throttled => "throttled",
        EventKind::SecondFactorOn => "second_factor_on",
        EventKind::RecoveryCodesMade => "recovery_codes_made",
        EventKind::LoggedOut => "logged_out",
        EventKind::ResetAsked => "reset_asked",
        EventKind::PasswordChanged => "password_changed",
        EventKind::EmailVerified => "email_verified",
        EventKind::EmailChanged => "email_changed",
        EventKind::AccessChanged => "access_changed",
        EventKind::SecondFactorReset => "second_factor_reset",
        EventKind::Confirmed => "confirmed",
        EventKind::SessionEnded => "session_ended",
        EventKind::OtherSessionsEnded => "other_sessions_ended",
        EventKind::SecondFactorReplaced => "second_factor_replaced",
        EventKind::SecondFactorOff => "second_factor_off",
        EventKind::EmailChangeAsked => "email_change_asked",
        EventKind::EmailChangeUndone => "email_change_undone",
        EventKind::NotMe => "not_me",
        EventKind::Left => "left",
        EventKind::CameBack => "came_back",
        EventKind::Deleted => "deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, PAGE, Timestamp, next_page};

    fn events(places: impl Iterator<Item = i64>) -> Vec<Event> {
        let event = |nth| Event {
            at: Timestamp::from(0),
            kind: String::new(),
            address: String::new(),
            agent: String::new(),
            nth,
        };
        places.map(event).collect()
    }

    #[test]
    fn a_page_never_ends_between_events_of_one_place() {
        let mut whole = events((1..=PAGE).rev());
        assert_eq!((next_page(&mut whole), whole.len()), (None, 50));
        let mut more = events((7..=PAGE + 7).rev());
        assert_eq!((next_page(&mut more), more.len()), (Some(8), 50));
        let mut tied = events((8..=PAGE + 7).rev().chain([8]));
        assert_eq!((next_page(&mut tied), tied.len()), (Some(9), 49));
        let mut one = events(std::iter::repeat_n(3, 51));
        assert_eq!((next_page(&mut one), one.len()), (Some(3), 50));
    }
}
