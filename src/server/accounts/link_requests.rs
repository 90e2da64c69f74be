//! Mails that are asked for by address. Asking writes the same for everybody; whether there is an
//! account is looked into afterwards, where nobody waits for the answer: else its time tells.

use super::{register, verify};
use crate::server::audit::Origin;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::requests::{self, Asked};
use crate::server::passwords::reset;
use crate::server::services::Services;
use crate::server::store::link_requests::{self as store, LinkRequest};
use crate::server::store::{WriteTx, accounts};
use crate::server::tokens::one_time::Purpose;
use sqlx::AnyConnection;
use uuid::Uuid;

/// Requests looked into at a time: many, for a registration's mail must not stand long behind others' requests.
const BATCH: i64 = 200;

/// What a request is for, in the words of the database.
const NEW_PASSWORD: &str = Purpose::ResetPassword.word();
const CONFIRMED_ADDRESS: &str = Purpose::VerifyEmail.word();
const REGISTRATION: &str = "registration";

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTo {
    NewPassword,
    ConfirmedAddress,
}

impl LinkTo {
    fn counted_as(self) -> Asked {
        match self {
            Self::NewPassword => Asked::NewPassword,
            Self::ConfirmedAddress => Asked::Verification,
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::NewPassword => NEW_PASSWORD,
            Self::ConfirmedAddress => CONFIRMED_ADDRESS,
        }
    }
}

/// Asks for a link, if the account of `email` may have one; says nothing of it either way.
///
/// Of too many requests nothing is sent, and that is not told either.
pub async fn ask_link(services: &Services, origin: &Origin, link: LinkTo, email: &Email) -> Result<(), Failure> {
    if !requests::count_mail(services, link.counted_as(), (origin.address.as_str(), email.key())).await? {
        return Ok(());
    }
    let mut tx = services.store.begin().await?;
    ask(services, &mut tx, origin, (link.purpose(), email)).await?;
    Ok(tx.commit().await?)
}

/// Asks for what follows a registration of `email`: see [`register::follow_up`]. It is registrations that
/// are counted, not this.
pub(super) async fn ask_follow_up(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    email: &Email,
) -> Result<(), Failure> {
    ask(services, db, origin, (REGISTRATION, email)).await
}

async fn ask(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    (purpose, email): (&str, &Email),
) -> Result<(), Failure> {
    let request = LinkRequest {
        id: Uuid::new_v4().to_string(),
        purpose: purpose.to_owned(),
        email_key: email.key().to_owned(),
        address: origin.address.clone(),
        agent: origin.agent.clone(),
        asked_at: services.clock.now(),
    };
    services.store.owe_post();
    Ok(store::insert(db, &request).await?)
}

/// Looks into what was asked for, and writes the mails; tells how many requests that were. One that cannot be
/// answered keeps no other back.
pub async fn answer_requests(services: &Services) -> Result<usize, Failure> {
    let requests = store::oldest(services.store.read(), BATCH).await?;
    let mut failed = None;
    for request in &requests {
        // Without a database there is no use in going on.
        let tx = services.store.begin().await?;
        failed = answer(services, tx, request).await.err().or(failed);
    }
    failed.map_or(Ok(requests.len()), Err)
}

async fn answer(services: &Services, mut tx: WriteTx, request: &LinkRequest) -> Result<(), Failure> {
    let (address, agent) = (request.address.clone(), request.agent.clone());
    let origin = Origin { address, agent, ..Origin::of_the_server() };
    // Another process may have been quicker.
    if !store::take(&mut *tx, &request.id).await? {
        return Ok(());
    }
    let account = accounts::find_by_email(&mut *tx, &request.email_key).await?;
    if let Some(account) = account.filter(|account| account.disabled_at.is_none()) {
        match request.purpose.as_str() {
            NEW_PASSWORD => reset::send_link(services, &mut tx, &origin, &account).await?,
            REGISTRATION => register::follow_up(services, &mut tx, &account).await?,
            CONFIRMED_ADDRESS if account.verified_at.is_none() => {
                verify::send_link(services, &mut tx, &account.id, &account.email).await?;
            }
            _ => {}
        }
    }
    Ok(tx.commit().await?)
}
