//! The accounts of others, for superusers.

use super::asked::Asked;
use super::body::Null;
use super::detail::{Family, Refusal, json_response, refusing};
use super::invalid::Invalid;
use super::shapes::{Detail, DetailOrReason, Invalids, User, UserUpdate, Users};
use crate::model::{AccountId, Problem};
use crate::server::admin::{self, Changes, Hand, Wanted};
use crate::server::services::Services;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

const MOST_ITEMS: i64 = 100;
const DEFAULT_ITEMS: i64 = 50;
const MOST_OFFSET: i64 = 1_000_000_000;

/// A request about one account, whose id may be anything: a malformed one is found by nobody.
pub struct About {
    asked: Asked,
    id: Option<AccountId>,
}

impl FromRequest<Arc<Services>> for About {
    type Rejection = Refusal;

    async fn from_request(request: Request, services: &Arc<Services>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let path: Option<Path<String>> = Path::from_request_parts(&mut parts, services).await.ok();
        let id = path.and_then(|Path(id)| uuid::Uuid::try_parse(&id).ok());
        let asked = Asked::from_request(Request::from_parts(parts, body), services).await?;
        Ok(Self { asked, id: id.map(|id| AccountId::from(id.to_string())) })
    }
}

impl About {
    fn id(&self) -> Result<&AccountId, Problem> {
        self.id.as_ref().ok_or(Problem::NoSuchAccount)
    }
}

/// List accounts in the order of their addresses
#[utoipa::path(get, path = "/users", tag = "users", security(("bearer" = [])),
    params(("email" = Option<String>, Query, description = "A part of the address"),
        ("limit" = Option<i64>, Query, description = "1 to 100, else 50", minimum = 1, maximum = 100),
        ("offset" = Option<i64>, Query, minimum = 0, maximum = 1_000_000_000)),
    responses((status = 200, body = Users), (status = 401, body = Detail), (status = 403, body = Detail),
        (status = 422, body = Invalids)))]
pub async fn list(asked: Asked) -> Result<Response, Refusal> {
    let superuser = asked.superuser().await?;
    let limit = number(&asked.query, "limit", DEFAULT_ITEMS, (1, MOST_ITEMS))?;
    let offset = number(&asked.query, "offset", 0, (0, MOST_OFFSET))?;
    let email = parameter(&asked.query, "email").unwrap_or_default();
    let wanted = Wanted { email: &email, limit, offset };
    let page = admin::list(&asked.services, &Hand::Superuser(&superuser), wanted).await?;
    let items = page.items.iter().map(User::from).collect();
    Ok(json_response(StatusCode::OK, &Users { items, total: page.total }))
}

/// Look at an account
#[utoipa::path(get, path = "/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = String, Path, description = "UUID in any spelling")),
    responses((status = 200, body = User), (status = 401, body = Detail), (status = 403, body = Detail),
        (status = 404, body = Detail)))]
pub async fn read(about: About) -> Result<Response, Refusal> {
    let superuser = about.asked.superuser().await?;
    let found = admin::person(&about.asked.services, &Hand::Superuser(&superuser), about.id()?).await?;
    let person = found.ok_or(Problem::NoSuchAccount)?;
    Ok(json_response(StatusCode::OK, &User::from(&person)))
}

/// Change an account
///
/// Needs a login within five minutes. Who is disabled, or gains or loses rights, is signed out.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", security(("bearer" = [])), request_body = UserUpdate,
    params(("id" = String, Path, description = "UUID in any spelling")),
    responses((status = 200, body = User), (status = 400, body = DetailOrReason), (status = 401, body = Detail),
        (status = 403, body = Detail), (status = 404, body = Detail), (status = 422, body = Invalids)))]
pub async fn update(about: About) -> Result<Response, Refusal> {
    let asked = &about.asked;
    let payload = asked.json()?;
    let superuser = asked.superuser_for_change().await?;
    let (hand, id) = (Hand::Superuser(&superuser), about.id()?);
    admin::person(&asked.services, &hand, id).await?.ok_or(Problem::NoSuchAccount)?;
    let mut fields = payload.fields()?;
    let changes = Changes {
        password: fields.maybe_text("password", Null::Ignored),
        email: fields.maybe_email("email"),
        is_active: fields.flag("is_active", Null::Refused),
        is_superuser: fields.flag("is_superuser", Null::Refused),
        is_verified: fields.flag("is_verified", Null::Refused),
    };
    fields.finish()?;
    let person =
        admin::change(&asked.services, &hand, &asked.origin, id, changes).await.map_err(refusing(Family::Update))?;
    Ok(json_response(StatusCode::OK, &User::from(&person)))
}

/// Delete an account
///
/// Needs a login within five minutes. The last active superuser cannot be deleted.
#[utoipa::path(delete, path = "/users/{id}", tag = "users", security(("bearer" = [])),
    params(("id" = String, Path, description = "UUID in any spelling")),
    responses((status = 204), (status = 400, body = Detail), (status = 401, body = Detail),
        (status = 403, body = Detail), (status = 404, body = Detail)))]
pub async fn delete(about: About) -> Result<Response, Refusal> {
    let superuser = about.asked.superuser_for_change().await?;
    admin::delete(&about.asked.services, &Hand::Superuser(&superuser), about.id()?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Nobody is called `me` here
///
/// The route above with an id that is none: superusers find nobody, all others may not look.
#[utoipa::path(delete, path = "/users/me", tag = "users", security(("bearer" = [])),
    responses((status = 401, body = Detail), (status = 403, body = Detail), (status = 404, body = Detail)))]
pub async fn delete_me(about: About) -> Result<Response, Refusal> {
    delete(about).await
}

/// The last value of a query parameter.
fn parameter(query: &str, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(known, _)| known == name).last().map(|(_, value)| value.into_owned())
}

fn number(query: &str, name: &str, default: i64, (least, most): (i64, i64)) -> Result<i64, Refusal> {
    let Some(text) = parameter(query, name) else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| Refusal::one(Invalid::no_number(name, least, most)))
}
