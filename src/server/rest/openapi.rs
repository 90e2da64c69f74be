//! The API described to programs: OpenAPI 3.1, made of the handlers and shapes themselves.

use super::shapes::Detail;
use super::{login, me, meta, recover, register, second_factor, users};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, Response as Described, ResponseBuilder};
use utoipa::{Modify, OpenApi, ToSchema};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sekisho",
        description = "Sign-in with two factors, as clients of fastapi-users speak it.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        login::login, login::logout, register::register, recover::forgot_password, recover::reset_password,
        recover::request_verify_token, recover::verify, second_factor::check_totp, second_factor::totp_setup,
        second_factor::setup_totp, login::login_tfa, users::list, me::read, me::update, users::read, users::update,
        users::delete, users::delete_me, meta::jwks
    ),
    components(schemas(Detail)),
    modifiers(&Common)
)]
struct Api;

/// What holds for every operation.
struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        api.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
        for item in api.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                describe_failures(operation);
            }
        }
    }
}

fn describe_failures(operation: &mut Operation) {
    let mut failures = vec![
        ("413", "More than 64 KiB"),
        ("500", "Ours to mend; `incident` is its number in the log"),
        ("503", "Many people are logging in, or the database cannot be used; come back after `Retry-After` seconds"),
    ];
    if operation.request_body.is_some() {
        failures.push(("403", "Not for you, or asked for by another site"));
        failures.push(("408", "The body took longer than ten seconds"));
    }
    for (status, words) in failures {
        let known = &mut operation.responses.responses;
        known.entry(status.to_owned()).or_insert_with(|| failure(words).into());
    }
}

fn failure(words: &str) -> Described {
    let shape = Content::new(Some(Ref::from_schema_name(Detail::name())));
    ResponseBuilder::new().description(words).content("application/json", shape).build()
}

static TEXT: LazyLock<Result<String, String>> =
    LazyLock::new(|| Api::openapi().to_json().map_err(|error| error.to_string()));

/// The description. The same until the program is replaced.
pub async fn describe() -> Response {
    match &*TEXT {
        Ok(text) => {
            let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
            ([kind, (header::CACHE_CONTROL, "public, max-age=300")], text.as_str()).into_response()
        }
        Err(cause) => {
            let failure = crate::server::failure::Failure::Broken(cause.as_str().into());
            super::detail::Refusal::from(failure).into_response()
        }
    }
}
