//! Links that are asked for by address. Asking writes the same for everybody; whether there is an
//! account is looked into afterwards, where nobody waits for the answer: else its time tells.

use super::verify;
use crate::server::audit::Origin;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::limits::requests::{self, Asked};
use crate::server::passwords::reset;
use crate::server::services::Services;
use crate::server::store::accounts;
use crate::server::store::link_requests::{self as store, LinkRequest};
use crate::server::tokens::one_time::Purpose;
use uuid::Uuid;

/// Requests looked into at a time.
const BATCH: i64 = 20;

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

    fn purpose(self) -> Purpose {
        match self {
            Self::NewPassword => Purpose::ResetPassword,
            Self::ConfirmedAddress => Purpose::VerifyEmail,
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
    let request = LinkRequest {
        id: Uuid::new_v4().to_string(),
        purpose: link.purpose().word().to_owned(),
        email_key: email.key().to_owned(),
        address: origin.address.clone(),
        agent: origin.agent.clone(),
        asked_at: services.clock.now(),
    };
    let mut tx = services.store.begin().await?;
    store::insert(&mut *tx, &request).await?;
    services.store.owe_post();
    Ok(tx.commit().await?)
}

/// Looks into what was asked for, and writes the mails; tells how many requests that were.
pub async fn answer_requests(services: &Services) -> Result<usize, Failure> {
    let requests = store::oldest(services.store.read(), BATCH).await?;
    for request in &requests {
        answer(services, request).await?;
    }
    Ok(requests.len())
}

async fn answer(services: &Services, request: &LinkRequest) -> Result<(), Failure> {
    let (address, agent) = (request.address.clone(), request.agent.clone());
    let origin = Origin { address, agent, ..Origin::of_the_server() };
    let mut tx = services.store.begin().await?;
    // Another process may have been quicker.
    if !store::take(&mut *tx, &request.id).await? {
        return Ok(());
    }
    let account = accounts::find_by_email(&mut *tx, &request.email_key).await?;
    match account.filter(|account| account.disabled_at.is_none()) {
        Some(account) if request.purpose == Purpose::ResetPassword.word() => {
            reset::send_link(services, &mut tx, &origin, &account).await?;
        }
        Some(account) if account.verified_at.is_none() => {
            verify::send_link(services, &mut tx, &account.id, &account.email).await?;
        }
        _ => {}
    }
    Ok(tx.commit().await?)
}
