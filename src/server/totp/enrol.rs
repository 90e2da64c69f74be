//! Setting up an authenticator app, in two phases: a secret is shown, a code confirms it.

use super::check::place as enrolled_place;
use super::code::{Code, Moment, Secret};
use super::qr;
use crate::model::views::EnrolmentView;
use crate::model::{AccountId, Problem};
use crate::server::failure::Failure;
use crate::server::keys::Place;
use crate::server::limits::codes;
use crate::server::services::Services;
use crate::server::store::{authenticators, enrolments};
use sqlx::AnyConnection;

/// How long a shown secret waits for its code.
const LIFETIME_S: i64 = 30 * 60;

/// What a secret shown is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolment {
    First,
    /// Takes the place of an enrolled one: made only for an owner who proved who they are.
    Replacement,
}

impl Enrolment {
    fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Replacement => "replacement",
        }
    }
}

/// Makes a secret for `holder` (the digest of a pending login or session), in place of an earlier one.
pub async fn prepare(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    holder: &str,
    enrolment: Enrolment,
) -> Result<(), Failure> {
    let secret = Secret::new()?;
    let sealed_secret = services.keys.seal(pending_place(holder), secret.bytes())?;
    let expires_at = services.clock.now().plus_s(LIFETIME_S);
    let new =
        enrolments::NewEnrolment { holder, account, sealed_secret: &sealed_secret, expires_at, kind: enrolment.word() };
    Ok(enrolments::put(db, new).await?)
}

/// What the set-up page shows `holder`. Never an enrolled secret: those cannot be read again.
pub async fn show(services: &Services, holder: &str, email: &str) -> Result<EnrolmentView, Failure> {
    let now = services.clock.now();
    let (sealed, _) = enrolments::find(services.store.read(), holder, now).await?.ok_or(Problem::SetUpExpired)?;
    let secret = Secret::from_bytes(services.keys.open(pending_place(holder), &sealed)?);
    let uri = uri(&secret, &services.config.issuer(), email);
    let qr_svg = qr::svg(&uri).map_err(|cause| Failure::Broken(Box::new(cause)))?;
    let key = secret.base32().as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Ok(EnrolmentView { qr_svg, key, uri })
}

/// True if `holder` may set up an authenticator though the account has one.
pub async fn may_replace(services: &Services, holder: &str) -> Result<bool, Failure> {
    let found = enrolments::find(services.store.read(), holder, services.clock.now()).await?;
    Ok(found.is_some_and(|(_, kind)| kind == Enrolment::Replacement.word()))
}

/// Turns the second factor on, or replaces it, if `code` is right now; its time step is spent by
/// that. Tells which of the two it was. One that too many wrong codes have switched off gives way.
pub async fn confirm(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    holder: &str,
    code: &Code,
) -> Result<Enrolment, Failure> {
    let now = services.clock.now();
    let (sealed, kind) = enrolments::find(&mut *db, holder, now).await?.ok_or(Problem::SetUpExpired)?;
    let secret = Secret::from_bytes(services.keys.open(pending_place(holder), &sealed)?);
    let last_step = match secret.moment_of(code, now) {
        Moment::Now(step) => step,
        // At once here: the person holds the secret anyway, so nothing is given away.
        Moment::Elsewhere(steps) => return Err(clock_problem(steps).into()),
        Moment::Never => return Err(Problem::WrongCode.into()),
    };
    let sealed_secret = services.keys.seal(enrolled_place(account), secret.bytes())?;
    let new = authenticators::NewAuthenticator { account, sealed_secret: &sealed_secret, last_step };
    if !enrolments::take(&mut *db, holder, &sealed).await? {
        return Err(Problem::SetUpExpired.into());
    }
    let enrolment = if kind == Enrolment::First.word() { Enrolment::First } else { Enrolment::Replacement };
    if enrolment == Enrolment::First && codes::are_off(services, &mut *db, account).await? {
        authenticators::delete(&mut *db, account).await?;
    }
    let is_done = match enrolment {
        Enrolment::First => authenticators::insert(&mut *db, new, now).await?,
        Enrolment::Replacement => authenticators::replace(&mut *db, new, now).await?,
    };
    if !is_done {
        return Err(Problem::AlreadyEnrolled.into());
    }
    codes::forget(&mut *db, account).await?;
    enrolments::delete_all_of(db, account).await?;
    Ok(enrolment)
}

/// What to say of a phone whose clock is `steps` away; at least one minute.
pub fn clock_problem(steps: i64) -> Problem {
    let minutes = u32::try_from((steps.abs() + 1) / 2).unwrap_or(u32::MAX).max(1);
    if steps < 0 { Problem::ClockBehind { minutes } } else { Problem::ClockAhead { minutes } }
}

/// The `otpauth:` link that authenticator apps read. Every byte that is not plain is encoded,
/// so that addresses with `%` or `+` enrol too. SHA-1, six digits and 30 seconds are what apps take
/// where nothing is said, and what the demo did not say.
fn uri(secret: &Secret, issuer: &str, email: &str) -> String {
    let encode = |text: &str| -> String {
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
    };
    let (issuer, email) = (encode(issuer), encode(email));
    format!("otpauth://totp/{issuer}:{email}?secret={}&issuer={issuer}", secret.base32())
}

fn pending_place(holder: &str) -> Place<'_> {
    Place { table: "enrolments", column: "sealed_secret", owner: holder }
}
