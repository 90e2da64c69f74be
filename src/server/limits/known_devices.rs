//! Browsers that have signed in to an account: they keep a cookie, and guesses of others do not
//! slow them (OWASP, "Slow down online guessing attacks with device cookies").

use crate::model::AccountId;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::services::Services;
use crate::server::store::devices;
use sqlx::AnyConnection;

/// How long a browser is known after its last login.
pub const LIFETIME_S: i64 = 365 * 24 * 60 * 60;
const MOST_DEVICES: i64 = 50;

/// Remembers the browser of a login. `None` if it is known by the cookie it showed, which stays.
pub async fn remember(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    shown: Option<&str>,
) -> Result<Option<Token>, Failure> {
    let now = services.clock.now();
    let expires_at = now.plus_s(LIFETIME_S);
    if let Some(digest) = shown
        && devices::renew(&mut *db, digest, account, now, expires_at).await?
    {
        return Ok(None);
    }
    let token = Token::new()?;
    devices::insert(&mut *db, &token.digest(), account, now, expires_at).await?;
    devices::delete_surplus(&mut *db, account, MOST_DEVICES).await?;
    Ok(Some(token))
}
