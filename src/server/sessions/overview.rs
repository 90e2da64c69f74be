//! The answers of the dashboard.

use super::Session;
use super::places::places;
use crate::model::views::{DashboardView, RecoveryCodes};
use crate::server::audit;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{events, recovery_codes, sessions};
use crate::server::totp;

const EVENTS: i64 = 8;

/// Am I protected, was it me, where am I signed in, what happened lately?
pub async fn overview(services: &Services, session: &Session) -> Result<DashboardView, Failure> {
    let db = services.store.read();
    let now = services.clock.now();
    let account = session.account();
    let must_verify = services.config.email_verification_is_required;
    Ok(DashboardView {
        owes_verification: must_verify && session.person().verified_at.is_none(),
        has_second_factor: totp::is_enrolled(services, account).await?,
        recovery_codes_left: recovery_codes::count_left(db, account).await?,
        recovery_codes: recovery_codes_of(services, session).await?,
        last_login: events::last_login_but(db, account, session.created_at()).await?.and_then(audit::line),
        sessions: places(services, session).await?,
        events: events::newest(db, account, i64::MAX, EVENTS).await?.into_iter().filter_map(audit::line).collect(),
        now,
    })
}

/// Whether the owner is known to have kept the recovery codes.
pub async fn recovery_codes_of(services: &Services, session: &Session) -> Result<RecoveryCodes, Failure> {
    let db = services.store.read();
    if recovery_codes::confirmed_at(db, session.account()).await?.is_some() {
        return Ok(RecoveryCodes::Confirmed);
    }
    let sheet = sessions::find_sheet(db, session.digest(), services.clock.now()).await?;
    Ok(if sheet.is_some() { RecoveryCodes::ToConfirm } else { RecoveryCodes::Lost })
}
