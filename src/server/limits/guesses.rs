//! Guessing passwords: per source, per account for devices that never signed in, and per device
//! for those that did, so that nobody can lock an owner out.

use super::counter::{self, Counter, Refusal, Whom};
use super::rule::Rule;
use crate::model::{AccountId, Problem};
use crate::server::failure::Failure;
use crate::server::services::Services;
use crate::server::store::{devices, limits as store};
use sqlx::AnyConnection;

const SOURCE: Rule = Rule::Bucket { burst: 10, refill_s: 6 };
const ACCOUNT: Rule = Rule::Slowing { free: 5, longest_s: 15 * 60, most: 100 };
/// Failures in a row after which a device counts as any other.
const DEVICE_FAILURES: i64 = 10;

/// Who guesses at whose password.
pub struct Guess<'a> {
    /// The address it comes from.
    pub address: &'a str,
    /// The address of the account in its compared spelling, whether or not there is one.
    pub email_key: &'a str,
    pub account: Option<&'a AccountId>,
    /// The digest of the device cookie it came with.
    pub device: Option<&'a str>,
}

/// A guess that was counted before it is looked at.
pub struct Counted(How);

enum How {
    Unlimited,
    Device { digest: String, account: Counter },
    Stranger { source: Counter, account: Counter },
}

/// Counts a guess; what is refused must not be looked at.
pub async fn count(services: &Services, guess: &Guess<'_>) -> Result<Result<Counted, Refusal>, Failure> {
    if !services.config.limits.is_on {
        return Ok(Ok(Counted(How::Unlimited)));
    }
    let account = counter_of_account(services, guess.email_key)?;
    if let Some(digest) = known_device(services, guess).await? {
        return Ok(Ok(Counted(How::Device { digest, account })));
    }
    let source = Counter { kind: "source", of: Whom::sender(guess.address), rule: SOURCE };
    let taken = counter::take(services, [source, account]).await?;
    Ok(taken.map(|[source, account]| Counted(How::Stranger { source, account })))
}

async fn known_device(services: &Services, guess: &Guess<'_>) -> Result<Option<String>, Failure> {
    let (Some(digest), Some(account)) = (guess.device, guess.account) else { return Ok(None) };
    let mut tx = services.store.begin().await?;
    let is_known = devices::take_try(&mut *tx, digest, account, services.clock.now(), DEVICE_FAILURES).await?;
    if is_known {
        tx.commit().await?;
    }
    Ok(is_known.then(|| digest.to_owned()))
}

impl Counted {
    /// The password was right: the account starts from nothing, the source gets this one attempt back.
    /// Tells how many guesses of strangers went before.
    pub async fn succeeded(&self, services: &Services, db: &mut AnyConnection) -> Result<i64, Failure> {
        match &self.0 {
            How::Unlimited => Ok(0),
            How::Device { digest, account } => {
                devices::clear(&mut *db, digest).await?;
                Ok(store::delete(db, &account.name()).await?)
            }
            How::Stranger { source, account } => {
                counter::give_back_in(&mut *db, source, services.clock.now()).await?;
                if let Whom::Crowd(_) = account.of {
                    // Shared with others: not this account's to clear.
                    counter::give_back_in(db, account, services.clock.now()).await?;
                    return Ok(0);
                }
                // This one was counted too.
                Ok(store::delete(db, &account.name()).await? - 1)
            }
        }
    }

    /// Waits for `look`, the look at this guess. One for which there was no time was no guess.
    pub async fn look<T>(
        &self,
        services: &Services,
        look: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let found = look.await;
        if let Err(Failure::Refused(Problem::Busy)) = found {
            self.give_back(services).await?;
        }
        found
    }

    async fn give_back(&self, services: &Services) -> Result<(), Failure> {
        let now = services.clock.now();
        let mut tx = match &self.0 {
            How::Unlimited => return Ok(()),
            _ => services.store.begin().await?,
        };
        match &self.0 {
            How::Unlimited => {}
            How::Device { digest, .. } => devices::give_back(&mut *tx, digest).await?,
            How::Stranger { source, account } => {
                counter::give_back_in(&mut tx, source, now).await?;
                counter::give_back_in(&mut tx, account, now).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

/// What a refused guess is told, the same whether or not there is an account.
pub fn problem(refusal: Refusal) -> Problem {
    refusal.wait_s().map_or(Problem::LoginStopped, |wait_s| Problem::TooManyRequests { wait_s })
}

/// A new password: guesses at the old one say nothing any more.
pub async fn forget(services: &Services, db: &mut AnyConnection, email_key: &str) -> Result<(), Failure> {
    store::delete(db, &counter_of_account(services, email_key)?.name()).await?;
    Ok(())
}

fn counter_of_account(services: &Services, email_key: &str) -> Result<Counter, Failure> {
    let of = Whom::addressee(services.keys.limit_digest(email_key)?);
    Ok(Counter { kind: "account", of, rule: ACCOUNT })
}
