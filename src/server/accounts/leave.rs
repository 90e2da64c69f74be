//! Leaving: an account is deleted fourteen days after its owner asked for it, unless they log in.

use super::superusers;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::mail::{self, Message, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::sessions::{self, Proof, Session};
use crate::server::store::{departures, one_time_tokens, pending_logins, people, sessions as rows};

/// How long a login takes it back: 14 days, in seconds.
const GRACE_S: i64 = 14 * 24 * 60 * 60;
/// Most accounts deleted in one go.
const BATCH: i64 = 50;

/// Leaves: ends every session and link, and lets the account be deleted in fourteen days. Asks for
/// password and code. Not for the last superuser who can log in ([`Problem::LastSuperuser`]).
pub async fn leave(services: &Services, origin: &Origin, session: &Session, proof: Proof) -> Result<(), Failure> {
    sessions::prove(services, origin, session, proof).await?;
    let account = session.account();
    let mut tx = services.store.begin().await?;
    let before = superusers::line_up(services, &mut tx).await?;
    session.hold(&mut tx).await?;
    if !departures::schedule(&mut *tx, account, services.clock.now().plus_s(GRACE_S)).await? {
        return Err(Problem::SignedOut.into());
    }
    superusers::keep_one(&mut tx, before).await?;
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *tx, account).await?;
    rows::delete_all_of(&mut *tx, account).await?;
    // Those of notices go on working: else leaving and coming back would silence the owner.
    one_time_tokens::delete_requests_of(&mut *tx, account).await?;
    audit::record(services, &mut tx, account, EventKind::Left, origin).await?;
    let owner = Recipient { account, email: session.email() };
    mail::notify(services, &mut tx, owner, SecurityNotice::DeletionScheduled, origin).await?;
    Ok(tx.commit().await?)
}

/// Deletes the accounts whose time has come; tells how many. What is left of each is its history
/// without addresses and devices, under an id that belongs to nobody.
pub async fn delete_left(services: &Services) -> Result<usize, Failure> {
    let now = services.clock.now();
    let due = departures::due(services.store.read(), now, BATCH).await?;
    let mut count = 0;
    for id in due {
        count += usize::from(delete_one(services, &AccountId::from(id)).await?);
    }
    Ok(count)
}

async fn delete_one(services: &Services, account: &AccountId) -> Result<bool, Failure> {
    let mut tx = services.store.begin().await?;
    let Some(person) = people::find(&mut *tx, account).await? else { return Ok(false) };
    audit::record(services, &mut tx, account, EventKind::Deleted, &Origin::of_the_server()).await?;
    mail::send(services, &mut tx, Recipient { account, email: &person.email }, &Message::AccountDeleted).await?;
    // Last, and only if it is still due: a login meanwhile has taken it back.
    if !departures::complete(&mut *tx, account, services.clock.now()).await? {
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}
