//! Logging in, in one step or two, and what follows from it.

mod api;
mod current;
mod login;
mod logout;
mod overview;
mod password;
mod places;
mod prove;
mod recent;
mod replaced;
mod second_factor;
mod second_factor_change;
mod superuser;

pub use api::{Bearer, Granted, bearer, enrol_in_place, enrolment_in_place, log_in_by_api, log_in_with_code};
pub use current::{Pending, Session, current, pending};
pub use login::{Login, LoginForm, log_in};
pub use logout::{abandon, log_out};
pub use overview::{overview, recovery_codes_of};
pub use password::reauthenticate;
pub use places::{end_one, end_others, places};
pub use prove::{Proof, confirm, prove, renew};
pub use recent::RecentTokens;
pub use second_factor::{Enroller, enrol, finish_with_code, renew_recovery_codes, restart_enrolment, show_enrolment};
pub use second_factor_change::{begin_replacement, remove as remove_second_factor};
pub use superuser::{Superuser, superuser};

use crate::model::views::EventKind;
use crate::model::{AccountId, Timestamp};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::limits::known_devices;
use crate::server::mail::{self, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::pending_logins::PendingLogin;
use crate::server::store::{accounts, departures, devices, sessions};
use sqlx::AnyConnection;

const SHORT: (i64, i64) = (60 * 60, 24 * 60 * 60);
const LONG: (i64, i64) = (14 * 24 * 60 * 60, 30 * 24 * 60 * 60);
const MOST_SESSIONS: i64 = 50;

// What opens a session or stands for a pending login. A token of one kind is none of another.
const BROWSER: &str = "browser";
const BEARER: &str = "bearer";
const JWT: &str = "jwt";

/// How long a session lasts (NIST SP 800-63B-4, AAL2; the long one is below that on purpose).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// 60 minutes without a request, 24 hours in all.
    Short,
    /// "Keep me signed in": 14 days without a request, 30 days in all.
    Long,
    /// For the API: as long as an access token, seen or not.
    Api,
}

impl Stay {
    fn word(self) -> &'static str {
        match self {
            Self::Short | Self::Api => "short",
            Self::Long => "long",
        }
    }

    fn of(login: &PendingLogin) -> Self {
        match (login.kind.as_str(), login.stay.as_str()) {
            (BEARER, _) => Self::Api,
            (_, "long") => Self::Long,
            _ => Self::Short,
        }
    }

    fn pending_kind(self) -> &'static str {
        if self == Self::Api { BEARER } else { BROWSER }
    }

    fn session_kind(self) -> &'static str {
        if self == Self::Api { JWT } else { BROWSER }
    }

    /// Seconds without a request, and in all.
    fn limits_s(self, services: &Services) -> (i64, i64) {
        let access_token_s = services.config.api.access_token_minutes * 60;
        match self {
            Self::Short => SHORT,
            Self::Long => LONG,
            Self::Api => (access_token_s, access_token_s),
        }
    }
}

/// A session just made: its cookie, and how long the browser should keep it.
pub struct NewSession {
    pub account: AccountId,
    /// The cookie of a browser. An access token names its digest instead.
    pub token: Token,
    pub expires_at: Timestamp,
    /// Seconds; `None` lets the browser forget it when it closes.
    pub max_age_s: Option<i64>,
    /// Where the person was going.
    pub next: String,
    /// The cookie by which the browser is known from now on; `None` where the one it showed stays.
    pub device: Option<Token>,
}

/// Opens a session under a new token; whatever token the client showed before is never adopted, and
/// opens nothing any more.
async fn open(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    stay: Stay,
    origin: &Origin,
) -> Result<NewSession, Failure> {
    let token = Token::new()?;
    let place = Place { digest: token.digest(), kind: stay.session_kind(), stay };
    let mut device = None;
    if stay != Stay::Api {
        accounts::set_language(&mut *db, account, origin.language).await?;
        device = known_devices::remember(services, &mut *db, account, origin.device.as_deref()).await?;
        // The first browser of an account is no news.
        if device.is_some() && devices::count_of(&mut *db, account).await? > 1 {
            mail::tell(services, &mut *db, account, SecurityNotice::NewDevice, origin).await?;
        }
    }
    replaced::end(services, &mut *db, origin).await?;
    let expires_at = insert(services, db, account, place, origin).await?;
    let max_age_s = (stay == Stay::Long).then_some(LONG.1);
    Ok(NewSession { account: account.clone(), token, expires_at, max_age_s, next: String::new(), device })
}

struct Place {
    digest: String,
    kind: &'static str,
    stay: Stay,
}

/// Writes a session and tells when it is over. The oldest of more than 50 goes.
async fn insert(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    place: Place,
    origin: &Origin,
) -> Result<Timestamp, Failure> {
    let now = services.clock.now();
    let (idle_s, absolute_s) = place.stay.limits_s(services);
    let session = sessions::Session {
        digest: place.digest,
        account_id: account.clone(),
        created_at: now,
        last_seen_at: now,
        idle_s,
        expires_at: now.plus_s(absolute_s),
        address: origin.address.clone(),
        agent: origin.agent.clone(),
        kind: place.kind.to_owned(),
        proved_at: now,
    };
    let owed = sessions::insert(&mut *db, &session).await?;
    // Who comes back has not left.
    if owed.delete_at.is_some() && departures::cancel(&mut *db, account).await? {
        audit::record(services, &mut *db, account, EventKind::CameBack, origin).await?;
    }
    if owed.sessions >= MOST_SESSIONS {
        sessions::delete_surplus(db, account, &session.digest, MOST_SESSIONS).await?;
    }
    Ok(session.expires_at)
}
