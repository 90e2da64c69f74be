//! Looking accounts up.

use super::Hand;
use crate::model::AccountId;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::accounts;
use crate::server::store::people::{self, Person};

/// A part of the list of accounts.
pub struct Page {
    pub items: Vec<Person>,
    /// How many there are in all.
    pub total: i64,
}

/// Which part of the list.
pub struct Wanted<'a> {
    /// A part of the address, in any case.
    pub email: &'a str,
    /// 1 to 100.
    pub limit: i64,
    pub offset: i64,
}

/// The accounts in the order of their addresses.
pub async fn list(services: &Services, _: &Hand<'_>, wanted: Wanted<'_>) -> Result<Page, Failure> {
    let mut pattern = String::from("%");
    for character in wanted.email.to_lowercase().chars().filter(|character| !character.is_control()) {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    let db = services.store.read();
    let items = people::list(db, &pattern, wanted.limit, wanted.offset).await?;
    Ok(Page { items, total: people::count(db, &pattern).await? })
}

/// The account of this id.
pub async fn person(services: &Services, _: &Hand<'_>, id: &AccountId) -> Result<Option<Person>, Failure> {
    Ok(people::find(services.store.read(), id).await?)
}

/// The account of an address.
pub async fn person_at(services: &Services, _: &Hand<'_>, email: &Email) -> Result<Option<Person>, Failure> {
    let db = services.store.read();
    match accounts::find_by_email(db, email.key()).await? {
        Some(account) => Ok(people::find(db, &account.id).await?),
        None => Ok(None),
    }
}
