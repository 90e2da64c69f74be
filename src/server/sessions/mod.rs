//! Logging in, in one step or two, and what follows from it.

mod current;
mod login;
mod logout;
mod overview;
mod second_factor;

pub use current::{Pending, Session, current, pending};
pub use login::{Login, LoginForm, log_in};
pub use logout::log_out;
pub use overview::overview;
pub use second_factor::{Enroller, enrol, finish_with_code, renew_recovery_codes, restart_enrolment, show_enrolment};

use crate::model::{AccountId, Timestamp};
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::services::Services;
use crate::server::store::sessions;
use sqlx::AnyConnection;

const SHORT: (i64, i64) = (60 * 60, 24 * 60 * 60);
const LONG: (i64, i64) = (14 * 24 * 60 * 60, 30 * 24 * 60 * 60);

/// How long a session lasts (NIST SP 800-63B-4, AAL2; the long one is below that on purpose).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// 60 minutes without a request, 24 hours in all.
    Short,
    /// "Keep me signed in": 14 days without a request, 30 days in all.
    Long,
}

impl Stay {
    fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
        }
    }

    fn parse(word: &str) -> Self {
        if word == "long" { Self::Long } else { Self::Short }
    }
}

/// A session just made: its cookie, and how long the browser should keep it.
pub struct NewSession {
    pub token: Token,
    /// Seconds; `None` lets the browser forget it when it closes.
    pub max_age_s: Option<i64>,
    /// Where the person was going.
    pub next: String,
}

/// Opens a session under a new token; whatever token the client showed before is never adopted.
async fn open(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    stay: Stay,
    origin: &Origin,
) -> Result<(Token, Option<i64>), Failure> {
    let token = Token::new()?;
    let now = services.clock.now();
    let (idle_s, absolute_s) = if stay == Stay::Long { LONG } else { SHORT };
    let session = sessions::Session {
        digest: token.digest(),
        account_id: account.clone(),
        created_at: now,
        last_seen_at: now,
        idle_s,
        expires_at: Timestamp::plus_s(now, absolute_s),
        address: origin.address.clone(),
        agent: origin.agent.clone(),
    };
    sessions::insert(db, &session).await?;
    Ok((token, (stay == Stay::Long).then_some(absolute_s)))
}
