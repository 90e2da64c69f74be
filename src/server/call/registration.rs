//! Which account this browser registered, sealed in a cookie: whoever opens the mail of it here is
//! believed without the password.

use super::cookies::{self, Jar};
use crate::model::{AccountId, Timestamp};
use crate::server::keys::Place;
use crate::server::services::Services;
use serde::{Deserialize, Serialize};

const LIFETIME_S: i64 = 7 * 24 * 60 * 60;
const PLACE: Place<'static> = Place { table: "cookie", column: cookies::REGISTRATION, owner: "" };

#[derive(Serialize, Deserialize)]
struct Sealed {
    account: String,
    expires_at: Timestamp,
}

/// The cookie that remembers `account`; `None` if it cannot be made (the password is asked then).
pub fn cookie(services: &Services, account: &AccountId) -> Option<String> {
    let expires_at = services.clock.now().plus_s(LIFETIME_S);
    let json = serde_json::to_vec(&Sealed { account: account.as_str().to_owned(), expires_at }).ok()?;
    let value = services.keys.seal(PLACE, &json).ok()?;
    Some(cookies::secret(cookies::REGISTRATION, &value, Some(LIFETIME_S)))
}

/// The account that the cookie names, if it is ours and fresh.
pub fn read(services: &Services, jar: &Jar) -> Option<AccountId> {
    let opened = services.keys.open(PLACE, jar.one(cookies::REGISTRATION)?).ok()?;
    let sealed: Sealed = serde_json::from_slice(&opened).ok()?;
    (sealed.expires_at > services.clock.now()).then(|| AccountId::from(sealed.account))
}
