//! What became of a form, on its way to the page that follows: sealed in a cookie and told once.

use super::cookies::{self, Jar};
use crate::model::{Flash, Timestamp};
use crate::server::keys::Place;
use crate::server::services::Services;
use serde::{Deserialize, Serialize};

const LIFETIME_S: i64 = 60;
const PLACE: Place<'static> = Place { table: "cookie", column: cookies::FLASH, owner: "" };

#[derive(Serialize, Deserialize)]
struct Sealed {
    flash: Flash,
    expires_at: Timestamp,
}

/// The cookie that carries `flash`; `None` if it cannot be made (the page then says nothing).
pub fn cookie(services: &Services, flash: Flash) -> Option<String> {
    let sealed = Sealed { flash, expires_at: services.clock.now().plus_s(LIFETIME_S) };
    let json = serde_json::to_vec(&sealed).ok()?;
    let value = services.keys.seal(PLACE, &json).ok()?;
    Some(cookies::secret(cookies::FLASH, &value, Some(LIFETIME_S)))
}

/// What the cookie says, if it is ours and fresh.
pub fn read(services: &Services, jar: &Jar) -> Option<Flash> {
    let opened = services.keys.open(PLACE, jar.one(cookies::FLASH)?).ok()?;
    let sealed: Sealed = serde_json::from_slice(&opened).ok()?;
    (sealed.expires_at > services.clock.now()).then_some(sealed.flash)
}
