//! The second factor, as the demo's client walks through it.

use super::asked::Asked;
use super::detail::{Refusal, json_response};
use super::shapes::{Detail, Invalids, OtpBody, TotpOutcome, TotpSetup, TotpState};
use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::sessions::{self, Bearer, Enroller};
use crate::server::totp;
use axum::http::StatusCode;
use axum::response::Response;

/// What this login still needs
#[utoipa::path(get, path = "/auth/check-totp", tag = "second factor", security(("bearer" = [])),
    responses((status = 200, body = TotpState), (status = 401, body = Detail)))]
pub async fn check_totp(asked: Asked) -> Result<Response, Refusal> {
    let needs_code = TotpState { totp_setup_required: None, totp_required: Some(true) };
    let needs_set_up = TotpState { totp_setup_required: Some(true), totp_required: None };
    let state = match asked.bearer().await? {
        Bearer::Pending(pending) if pending.owes_enrolment() => needs_set_up,
        Bearer::Pending(_) => needs_code,
        Bearer::Full(session) if totp::is_enrolled(&asked.services, session.account()).await? => needs_code,
        Bearer::Full(_) if asked.services.config.second_factor_is_required => needs_set_up,
        Bearer::Full(_) => TotpState { totp_setup_required: None, totp_required: Some(false) },
    };
    Ok(json_response(StatusCode::OK, &state))
}

/// The secret to set up, the same for 30 minutes
#[utoipa::path(get, path = "/auth/totp-setup", tag = "second factor", security(("bearer" = [])),
    responses((status = 200, body = TotpSetup), (status = 401, body = Detail), (status = 403, body = Detail)))]
pub async fn totp_setup(asked: Asked) -> Result<Response, Refusal> {
    let enroller = enroller(asked.bearer().await?)?;
    let shown = sessions::enrolment_in_place(&asked.services, &enroller).await?;
    Ok(json_response(StatusCode::OK, &TotpSetup { totp_uri: shown.uri }))
}

/// Turn the second factor on with its first code
///
/// The token goes on working and opens everything from then on. A wrong code is answered by 200 too.
#[utoipa::path(post, path = "/auth/setup-totp", tag = "second factor", security(("bearer" = [])),
    request_body = OtpBody,
    responses((status = 200, body = TotpOutcome), (status = 401, body = Detail), (status = 403, body = Detail),
        (status = 422, body = Invalids)))]
pub async fn setup_totp(asked: Asked) -> Result<Response, Refusal> {
    let payload = asked.json()?;
    let bearer = asked.bearer().await?;
    let mut fields = payload.fields()?;
    let Some(otp) = fields.text("otp") else { return Err(fields.refused()) };
    let enroller = enroller(bearer)?;
    let outcome = match sessions::enrol_in_place(&asked.services, &asked.origin, &enroller, &otp).await {
        Ok(codes) => TotpOutcome { success: true, detail: None, recovery_codes: Some(codes) },
        Err(Failure::Refused(problem)) if is_about_the_code(&problem) => {
            TotpOutcome { success: false, detail: Some("Invalid TOTP code"), recovery_codes: None }
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(json_response(StatusCode::OK, &outcome))
}

fn enroller(bearer: Bearer) -> Result<Enroller, Problem> {
    match bearer {
        Bearer::Full(session) => Ok(Enroller::Session(session)),
        Bearer::Pending(pending) if pending.owes_enrolment() => Ok(Enroller::Pending(pending)),
        Bearer::Pending(_) => Err(Problem::AlreadyEnrolled),
    }
}

/// The clock of the phone counts as a wrong code here: the demo knows one sentence.
fn is_about_the_code(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::WrongCode
            | Problem::CodeMalformed
            | Problem::CodeUsed
            | Problem::ClockBehind { .. }
            | Problem::ClockAhead { .. }
            | Problem::SetUpExpired
    )
}
