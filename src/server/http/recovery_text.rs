//! The fresh recovery codes as a text file.

use super::{origin, trouble};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::totp::recovery_codes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Downloads the codes while they can still be seen.
pub async fn download(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let call = origin::call_of(&services, &parts);
    let text = async {
        let session = call.session().await?;
        let sheet = recovery_codes::sheet(&services, session.digest(), session.email()).await?;
        Ok::<_, Failure>(sheet.map(|sheet| {
            let day =
                time::OffsetDateTime::from_unix_timestamp(sheet.made_at.seconds()).map(|at| at.date().to_string());
            format!(
                "Sekisho recovery codes\n{}\n{}\n\n{}\n",
                sheet.email,
                day.unwrap_or_default(),
                sheet.codes.join("\n")
            )
        }))
    };
    match text.await {
        Ok(Some(text)) => {
            let name = "attachment; filename=\"sekisho-recovery-codes.txt\"";
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_DISPOSITION, name)], text)
                .into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(Failure::Refused(_)) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/login?next=%2Frecovery-codes")]).into_response()
        }
        Err(failure) => trouble::answer(failure.into_problem()),
    }
}
