//! Requests that cost others something: mails to an address, new accounts.

use super::counter::{self, Counter, Whom};
use super::rule::Rule;
use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::services::Services;

const HOUR_S: i64 = 60 * 60;
const MAILS_TO_ONE_ADDRESS: i64 = 3;
const MAILS_FROM_ONE_SOURCE: i64 = 10;

/// What is asked for by mail. Each counts by itself: who asks for one cannot use the other up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    NewPassword,
    Verification,
    /// To an address that an account is to have.
    NewEmail,
}

/// Counts a request for a mail; false if it must be answered as ever and not be sent.
pub async fn count_mail(
    services: &Services,
    asked: Asked,
    (address, email_key): (&str, &str),
) -> Result<bool, Failure> {
    if !services.config.limits.is_on {
        return Ok(true);
    }
    let (from, to) = match asked {
        Asked::NewPassword => ("reset mails from", "reset mails to"),
        Asked::Verification => ("verification mails from", "verification mails to"),
        Asked::NewEmail => ("new address mails from", "new address mails to"),
    };
    let whom = Whom::addressee(services.keys.limit_digest(email_key)?);
    let to = Counter { kind: to, of: whom, rule: hourly(MAILS_TO_ONE_ADDRESS) };
    let from = Counter { kind: from, of: Whom::sender(address), rule: hourly(MAILS_FROM_ONE_SOURCE) };
    Ok(counter::take(services, [from, to]).await?.is_ok())
}

/// Counts a new account before its password is hashed.
pub async fn count_registration(services: &Services, address: &str) -> Result<(), Failure> {
    let limits = &services.config.limits;
    if !limits.is_on {
        return Ok(());
    }
    let from =
        Counter { kind: "accounts from", of: Whom::sender(address), rule: hourly(limits.registrations_per_source) };
    let all = Counter { kind: "accounts", of: Whom::Known(String::new()), rule: hourly(limits.registrations_per_hour) };
    let taken = counter::take(services, [from, all]).await?.map(drop);
    taken.map_err(|refusal| Problem::TooManyAccounts { wait_s: refusal.wait_s().unwrap_or(u32::MAX) }.into())
}

fn hourly(most: i64) -> Rule {
    Rule::Window { most, length_s: HOUR_S }
}
