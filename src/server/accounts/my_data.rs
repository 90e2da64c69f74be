//! Everything Sekisho knows of somebody, for themselves. docs/my-data.md describes the fields.

use crate::model::Timestamp;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::sessions::{self, Session};
use crate::server::store::{accounts, events, people, recovery_codes};
use crate::server::{audit, totp};
use serde_json::{Value, json};

/// The whole history and more: beyond what any account has.
const EVERYTHING: i64 = 1_000_000;

/// The data as JSON. Asks for a fresh login: it holds addresses and devices.
pub async fn my_data(services: &Services, session: &Session) -> Result<Value, Failure> {
    session.require_fresh_login(services)?;
    let (db, account) = (services.store.read(), session.account());
    let person = people::find(db, account).await?.ok_or(crate::model::Problem::SignedOut)?;
    let places = sessions::places(services, session).await?;
    let happened = events::newest(db, account, i64::MAX, EVERYTHING).await?;
    Ok(json!({
        "made_at": services.clock.now().iso(),
        "account": {
            "id": person.id.as_str(),
            "email": person.email,
            "created_at": accounts::created_at(db, account).await?.map(Timestamp::iso),
            "email_confirmed_at": person.verified_at.map(Timestamp::from).map(Timestamp::iso),
            "language": accounts::language_of(db, account).await?.unwrap_or_default().tag(),
            "is_superuser": person.superuser_at.is_some(),
        },
        "second_factor": {
            "is_on": totp::is_enrolled(services, account).await?,
            "recovery_codes_left": recovery_codes::count_left(db, account).await?,
        },
        "sessions": places.into_iter().map(|place| json!({
            "kind": if place.is_app { "app" } else { "browser" },
            "address": place.address,
            "device": words(&place.device),
            "signed_in_at": place.created_at.iso(),
            "last_seen_at": place.last_seen_at.iso(),
        })).collect::<Vec<_>>(),
        "history": happened.into_iter().map(|event| json!({
            "at": event.at.iso(),
            "what": event.kind,
            "address": event.address,
            "device": words(&audit::device(&event.agent)),
            "user_agent": event.agent,
        })).collect::<Vec<_>>(),
    }))
}

fn words(device: &crate::model::views::Device) -> String {
    [device.browser.as_str(), device.system.as_str()].join(" ").trim().to_owned()
}
