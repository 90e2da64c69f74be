//! Guessing codes of an authenticator app. Only who has the password gets here, so these counters
//! cannot be used to lock an owner out; recovery codes are too long to guess and are not counted.

use super::counter::{self, Counter, Refusal, Whom};
use super::rule::Rule;
use crate::model::{AccountId, Problem};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::limits as store;
use sqlx::AnyConnection;
use sqlx::any::AnyExecutor;

const LATELY: Rule = Rule::Window { most: 10, length_s: 15 * 60 };
const IN_ALL: Rule = Rule::Total { most: 100 };

/// A code that was not counted, with what [`refuse`] needs.
pub struct TooMany(Counter, store::Count, super::Wait);

/// Counts a code before it is looked at, in a transaction that must be dropped if it is refused.
pub async fn count(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
) -> Result<Result<(), TooMany>, Failure> {
    if !services.config.limits.is_on {
        return Ok(Ok(()));
    }
    let counters = counters(account);
    let taken = counter::take_in(db, &counters, services.clock.now()).await?;
    Ok(taken.map_err(|(counter, count, wait)| TooMany(counter.clone(), count, wait)))
}

/// Notes a refusal; call it after the transaction was dropped.
pub async fn refuse(services: &Services, too_many: TooMany) -> Result<Refusal, Failure> {
    let TooMany(counter, count, wait) = too_many;
    counter::refusal(services, &counter, count, wait).await
}

/// What a refused code is told.
pub fn problem(refusal: Refusal) -> Problem {
    refusal.wait_s().map_or(Problem::CodesOff, |wait_s| Problem::TooManyCodes { wait_s })
}

/// A right code, or an app set up anew: the account starts from nothing.
pub async fn forget(db: &mut AnyConnection, account: &AccountId) -> Result<(), Failure> {
    for counter in counters(account) {
        store::delete(&mut *db, &counter.name()).await?;
    }
    Ok(())
}

/// True if too many wrong codes in a row have switched the app of an account off.
pub async fn are_off(services: &Services, db: impl AnyExecutor<'_>, account: &AccountId) -> Result<bool, Failure> {
    let [_, in_all] = counters(account);
    let found = store::find(db, &in_all.name()).await?;
    let is_over = found.is_some_and(|count| in_all.rule.count(count, services.clock.now()).is_err());
    Ok(services.config.limits.is_on && is_over)
}

fn counters(account: &AccountId) -> [Counter; 2] {
    let counter = |kind, rule| Counter { kind, of: Whom::Known(account.as_str().to_owned()), rule };
    [counter("codes lately", LATELY), counter("codes in all", IN_ALL)]
}
