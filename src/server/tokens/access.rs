//! Access tokens: signed names of sessions (RFC 9068 in form). A token is worth what its session
//! is: every request asks for it, so logging out ends the token too.

use crate::model::{AccountId, Timestamp};
use crate::server::failure::Failure;
use crate::server::keys::random;
use crate::server::services::Services;
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

/// Difference between clocks that is forgiven.
pub const LEEWAY_S: i64 = 5;
/// Longer ones are not looked at.
pub const MAX_BYTES: usize = 4096;
const TYPE: &str = "at+jwt";

/// What a token says of its session.
pub struct Grant<'a> {
    pub account: &'a AccountId,
    /// Name of the session.
    pub session: &'a str,
    pub expires_at: Timestamp,
}

/// What a token was found to say.
pub struct Claimed {
    pub account: AccountId,
    pub session: String,
}

/// Every claim is required, and of this type: `"exp": "9999999999"` is no time (CVE-2026-25537).
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs a token with the newest key.
pub async fn issue(services: &Services, grant: Grant<'_>) -> Result<String, Failure> {
    let now = services.clock.now();
    let key = services.signing_keys.signing(&services.store, &services.keys, now).await?;
    let origin = &services.config.public_url.origin;
    let claims = Claims {
        iss: origin.clone(),
        aud: origin.clone(),
        sub: grant.account.as_str().to_owned(),
        sid: grant.session.to_owned(),
        jti: BASE64URL_NOPAD.encode(&random::<16>()?),
        iat: now.seconds(),
        nbf: now.seconds(),
        exp: grant.expires_at.seconds(),
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.kid.clone());
    encode(&header, &claims, &key.encoding).map_err(|cause| Failure::Broken(cause.into()))
}

/// What `token` says, if it is one of ours and in time; whether its session lives is asked elsewhere.
pub async fn read(services: &Services, token: &str) -> Result<Option<Claimed>, Failure> {
    let Some(kid) = kid_of(token) else { return Ok(None) };
    let now = services.clock.now();
    let Some(key) = services.signing_keys.named(&kid, &services.store, &services.keys, now).await? else {
        return Ok(None);
    };
    let Ok(read) = decode::<Claims>(token, &key.decoding, &validation(&services.config.public_url.origin)) else {
        return Ok(None);
    };
    let claims = read.claims;
    let is_in_time = claims.exp.saturating_add(LEEWAY_S) > now.seconds()
        && claims.nbf.saturating_sub(LEEWAY_S) <= now.seconds()
        && claims.iat.saturating_sub(LEEWAY_S) <= now.seconds();
    Ok(is_in_time.then(|| Claimed { account: AccountId::from(claims.sub), session: claims.sid }))
}

/// The key a token names, unless its header is none of ours: one algorithm, one type, and nothing
/// that points to a key of the sender's (RFC 8725).
fn kid_of(token: &str) -> Option<String> {
    if token.len() > MAX_BYTES {
        return None;
    }
    let header = decode_header(token).ok()?;
    let brings_a_key = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
    let is_ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
    let kid = header.kid.filter(|kid| (1..=32).contains(&kid.len()))?;
    let is_plain = kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_ours && !brings_a_key && is_plain).then_some(kid)
}

/// The algorithm is ours to choose, never the token's. Times are compared above, by our own clock:
/// the library would ask the machine's.
fn validation(origin: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    validation.set_issuer(&[origin]);
    validation.set_audience(&[origin]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}
