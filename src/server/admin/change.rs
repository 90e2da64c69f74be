//! Changing somebody else's account.

use super::Hand;
use crate::model::views::EventKind;
use crate::model::{AccountId, Problem};
use crate::server::accounts::{self, EmailChange, superusers};
use crate::server::audit::{self, Origin};
use crate::server::config::ApiCompat;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::mail::{self, Recipient, SecurityNotice};
use crate::server::passwords::change::{self as passwords, NewPassword};
use crate::server::services::Services;
use crate::server::store::people::{self, Mark, Person};
use crate::server::store::{one_time_tokens, pending_logins, sessions};
use sqlx::AnyConnection;

/// What is to be changed; `None` leaves it as it is.
#[derive(Default)]
pub struct Changes {
    pub email: Option<Email>,
    pub password: Option<String>,
    pub is_active: Option<bool>,
    pub is_superuser: Option<bool>,
    pub is_verified: Option<bool>,
}

/// Changes what is given and returns the account as it is then.
///
/// Who is disabled, or gains or loses rights, is signed out everywhere and told by mail. Never leaves the server
/// without a superuser who can log in ([`Problem::LastSuperuser`]).
pub async fn change(
    services: &Services,
    hand: &Hand<'_>,
    origin: &Origin,
    account: &AccountId,
    changes: Changes,
) -> Result<Person, Failure> {
    hand.may_change(services)?;
    let found = people::find(services.store.read(), account).await?.ok_or(Problem::NoSuchAccount)?;
    let password = new_password(services, &found, changes.password.clone()).await?;
    let mut tx = services.store.begin().await?;
    let superusers = superusers::line_up(services, &mut tx).await?;
    let person = people::find(&mut *tx, account).await?.ok_or(Problem::NoSuchAccount)?;
    if set_marks(services, &mut tx, &person, &changes).await? {
        audit::record(services, &mut tx, account, EventKind::AccessChanged, origin).await?;
        tell(services, &mut tx, &person, &changes, origin).await?;
    }
    superusers::keep_one(&mut tx, superusers).await?;
    if let Some(new) = &password {
        passwords::write(services, &mut tx, origin, new, None).await?;
    }
    let how = EmailChange::by(services.config.api.compat);
    if let Some(email) = changes.email.filter(|email| email.address() != person.email) {
        accounts::begin_email_change(services, &mut tx, origin, (&person, &email), how).await?;
    }
    let after = people::find(&mut *tx, account).await?.ok_or(Problem::NoSuchAccount)?;
    tx.commit().await?;
    hand.log(account, &marks(&person), &marks(&after));
    Ok(after)
}

/// What an account is and may, in words.
fn marks(person: &Person) -> String {
    let marks = [
        (person.disabled_at.is_some(), "disabled"),
        (person.verified_at.is_some(), "verified"),
        (person.superuser_at.is_some(), "superuser"),
    ];
    let words: Vec<&str> = marks.into_iter().filter_map(|(is_set, word)| is_set.then_some(word)).collect();
    words.join(" ")
}

/// Nobody but the owner sets a password, unless clients of fastapi-users expect it.
async fn new_password(
    services: &Services,
    person: &Person,
    typed: Option<String>,
) -> Result<Option<NewPassword>, Failure> {
    let Some(typed) = typed else { return Ok(None) };
    if services.config.api.compat == ApiCompat::Strict {
        return Err(Problem::PasswordNotYours.into());
    }
    passwords::prepare(services, &person.id, &person.email, typed).await.map(Some)
}

/// Sets what differs; true if something did.
async fn set_marks(
    services: &Services,
    db: &mut AnyConnection,
    person: &Person,
    changes: &Changes,
) -> Result<bool, Failure> {
    let wanted = [
        (Mark::Disabled, changes.is_active.map(|is_active| !is_active), person.disabled_at.is_some()),
        (Mark::Superuser, changes.is_superuser, person.superuser_at.is_some()),
        (Mark::Verified, changes.is_verified, person.verified_at.is_some()),
    ];
    let mut differs = false;
    for (mark, wanted, is_set) in wanted {
        let Some(wanted) = wanted.filter(|wanted| *wanted != is_set) else { continue };
        differs = true;
        people::mark(&mut *db, &person.id, mark, wanted.then(|| services.clock.now())).await?;
        if mark != Mark::Verified {
            sign_out(&mut *db, &person.id).await?;
        }
    }
    Ok(differs)
}

/// Tells the owner of each mark that differs; that an address was confirmed by hand is no news.
async fn tell(
    services: &Services,
    db: &mut AnyConnection,
    person: &Person,
    changes: &Changes,
    origin: &Origin,
) -> Result<(), Failure> {
    use SecurityNotice::{AccountDisabled, AccountEnabled, RightsGiven, RightsTaken};
    let is_active = changes.is_active.filter(|is_active| *is_active == person.disabled_at.is_some());
    let is_superuser = changes.is_superuser.filter(|is_one| *is_one == person.superuser_at.is_none());
    let notices = [
        is_active.map(|is_active| if is_active { AccountEnabled } else { AccountDisabled }),
        is_superuser.map(|is_superuser| if is_superuser { RightsGiven } else { RightsTaken }),
    ];
    let owner = Recipient { account: &person.id, email: &person.email };
    for notice in notices.into_iter().flatten() {
        mail::notify(services, &mut *db, owner, notice, origin).await?;
    }
    Ok(())
}

async fn sign_out(db: &mut AnyConnection, account: &AccountId) -> Result<(), Failure> {
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *db, account).await?;
    sessions::delete_all_of(&mut *db, account).await?;
    Ok(one_time_tokens::delete_powers_of(db, account).await?)
}
