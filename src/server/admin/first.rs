//! A superuser made on the command line: there is no default account and no first-come rule.

use super::Hand;
use crate::model::Problem;
use crate::server::accounts::{self, Rank, Registration};
use crate::server::audit::Origin;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::people::Person;

/// Adds an account that may govern others. For the operator only ([`Problem::Forbidden`]).
pub async fn create_superuser(
    services: &Services,
    hand: &Hand<'_>,
    origin: &Origin,
    form: Registration,
) -> Result<Person, Failure> {
    if let Hand::Superuser(_) = hand {
        return Err(Problem::Forbidden.into());
    }
    let person = accounts::add(services, origin, form, Rank::Superuser).await?;
    hand.log(&person.id, "none", "superuser");
    Ok(person)
}
