//! The second half of a login: a code, a recovery code, or the set-up of both.

use super::current::{Pending, Session};
use super::login::CODE_TRIES;
use super::password::note;
use super::{NewSession, Stay, open};
use crate::model::views::{EnrolmentView, EventKind};
use crate::model::{AccountId, Problem};
use crate::server::audit::{self, Origin};
use crate::server::failure::Failure;
use crate::server::limits::codes;
use crate::server::mail::{self, Recipient, SecurityNotice};
use crate::server::services::Services;
use crate::server::store::pending_logins::{self, PendingLogin};
use crate::server::store::{accounts, sessions};
use crate::server::totp::{self, Checked, Code, Enrolment, recovery_codes};
use sqlx::AnyConnection;

/// So many wrong codes of one login are told to the owner.
const WRONG_CODES_TOLD: i64 = 3;

/// Finishes a login with a code of the authenticator app, or with a recovery code.
///
/// A try is taken before the code is looked at; the fifth wrong one ends the pending login. Codes of
/// the app are counted over all logins of the account too ([`Problem::TooManyCodes`], [`Problem::CodesOff`]).
pub async fn finish_with_code(
    services: &Services,
    origin: &Origin,
    pending: &Pending,
    typed: &str,
) -> Result<NewSession, Failure> {
    if pending.owes_enrolment() {
        return Err(Problem::LoginExpired.into());
    }
    let is_recovery_code = recovery_codes::looks_like_one(typed);
    let code = if is_recovery_code { None } else { Some(Code::parse(typed)?) };
    let login = take_try(services, origin, pending, code.as_ref()).await?;

    let mut tx = services.store.begin().await?;
    let checked = match code {
        Some(code) => totp::check(services, &mut tx, &login.account_id, &code).await?,
        None if recovery_codes::spend(services, &mut tx, &login.account_id, typed).await? => Checked::Right,
        None => Checked::Wrong,
    };
    if checked != Checked::Right {
        drop(tx);
        return Err(refuse(services, origin, &login, checked).await?.into());
    }
    // One of two parallel right codes finds the pending login gone.
    if !pending_logins::delete(&mut *tx, &login.digest).await? {
        return Err(Problem::LoginExpired.into());
    }
    let session = open(services, &mut tx, &login.account_id, Stay::of(&login), origin).await?;
    let kind = if is_recovery_code { EventKind::LoggedInWithRecoveryCode } else { EventKind::LoggedIn };
    audit::record(services, &mut tx, &login.account_id, kind, origin).await?;
    if is_recovery_code {
        mail::tell(services, &mut tx, &login.account_id, SecurityNotice::RecoveryCodeUsed, origin).await?;
    } else {
        codes::forget(&mut tx, &login.account_id).await?;
    }
    tx.commit().await?;
    let must_bind_anew = is_recovery_code && codes::are_off(services, services.store.read(), &login.account_id).await?;
    let next = if must_bind_anew { "/totp-setup".to_owned() } else { login.next_path };
    Ok(NewSession { next, ..session })
}

/// Takes a try, and counts a code of the app. Committed by itself: a refusal of the code must not
/// give the try back.
async fn take_try(
    services: &Services,
    origin: &Origin,
    pending: &Pending,
    code: Option<&Code>,
) -> Result<PendingLogin, Failure> {
    let mut tx = services.store.begin().await?;
    let taken = pending_logins::take_try(&mut *tx, &pending.login.digest, services.clock.now()).await?;
    let login = taken.ok_or(Problem::LoginExpired)?;
    if code.is_some()
        && let Err(too_many) = codes::count(services, &mut tx, &login.account_id).await?
    {
        drop(tx);
        return Err(refuse_code(services, origin, &login.account_id, too_many).await?.into());
    }
    tx.commit().await?;
    Ok(login)
}

/// What to say of a code too many; call it after its transaction was dropped.
pub(super) async fn refuse_code(
    services: &Services,
    origin: &Origin,
    account: &AccountId,
    too_many: codes::TooMany,
) -> Result<Problem, Failure> {
    let refusal = codes::refuse(services, too_many).await?;
    if refusal.is_news {
        note(services, account, EventKind::Throttled, origin).await?;
    }
    Ok(codes::problem(refusal))
}

/// What to say of a wrong code. A code of a later time is named only after two with the same
/// offset: one alone would tell a guesser that the guess will be right soon.
async fn refuse(
    services: &Services,
    origin: &Origin,
    login: &PendingLogin,
    checked: Checked,
) -> Result<Problem, Failure> {
    note(services, &login.account_id, EventKind::CodeRefused, origin).await?;
    let offset = if let Checked::OffBy(steps) = checked { Some(steps) } else { None };
    let mut tx = services.store.begin().await?;
    pending_logins::note_offset(&mut *tx, &login.digest, offset).await?;
    tx.commit().await?;
    if let Some(notice) = worth_telling(login, checked) {
        mail::tell_alone(services, &login.account_id, notice, origin).await?;
    }
    if login.tries_left == 0 {
        return Ok(Problem::TooManyTries);
    }
    Ok(match checked {
        Checked::Used => Problem::CodeUsed,
        Checked::OffBy(steps) if steps < 0 || login.offset_steps == Some(steps) => totp::clock_problem(steps),
        _ => Problem::WrongCode,
    })
}

/// What the owner is told of a wrong code: somebody who has the password guesses, or repeats what
/// they have seen.
fn worth_telling(login: &PendingLogin, checked: Checked) -> Option<SecurityNotice> {
    match checked {
        Checked::Used => Some(SecurityNotice::CodeUsedTwice),
        _ if login.tries_left == CODE_TRIES - WRONG_CODES_TOLD => Some(SecurityNotice::SecondFactorGuessed),
        _ => None,
    }
}

/// Whoever may set up a second factor: a login that owes one, or somebody signed in without one.
pub enum Enroller {
    Pending(Pending),
    Session(Session),
}

impl Enroller {
    pub(super) fn account(&self) -> &AccountId {
        match self {
            Self::Pending(pending) => pending.account(),
            Self::Session(session) => session.account(),
        }
    }

    pub(super) fn digest(&self) -> &str {
        match self {
            Self::Pending(pending) => pending.digest(),
            Self::Session(session) => session.digest(),
        }
    }
}

/// What the set-up page shows.
pub async fn show_enrolment(enroller: &Enroller, services: &Services) -> Result<EnrolmentView, Failure> {
    let email = accounts::email_of(services.store.read(), enroller.account()).await?.ok_or(Problem::SignedOut)?;
    totp::show(services, enroller.digest(), &email).await
}

/// Turns the second factor on, and signs in anew by that: the old session or pending login is dead.
/// The new session can look at its recovery codes.
pub async fn enrol(
    services: &Services,
    origin: &Origin,
    enroller: &Enroller,
    typed: &str,
) -> Result<NewSession, Failure> {
    let code = Code::parse(typed)?;
    let account = enroller.account();
    let mut tx = services.store.begin().await?;
    let enrolment = totp::confirm(services, &mut tx, account, enroller.digest(), &code).await?;
    let stay = match enroller {
        Enroller::Pending(pending) if pending_logins::delete(&mut *tx, pending.digest()).await? => {
            Stay::of(&pending.login)
        }
        Enroller::Session(session) if sessions::delete(&mut *tx, session.digest()).await? => Stay::Short,
        _ => return Err(Problem::LoginExpired.into()),
    };
    let session = open(services, &mut tx, account, stay, origin).await?;
    settle(services, &mut tx, origin, (enroller, enrolment), &session.token.digest()).await?;
    tx.commit().await?;
    Ok(NewSession { next: "/recovery-codes".to_owned(), ..session })
}

/// What follows from a second factor just turned on: every session but `kept` ends, and that one
/// can look at the recovery codes.
pub(super) async fn settle(
    services: &Services,
    db: &mut AnyConnection,
    origin: &Origin,
    (enroller, enrolment): (&Enroller, Enrolment),
    kept: &str,
) -> Result<(), Failure> {
    let account = enroller.account();
    // Pending logins first: this waits for one that is just becoming a session.
    pending_logins::delete_all_of(&mut *db, account).await?;
    sessions::delete_others(&mut *db, account, kept).await?;
    recovery_codes::make(services, &mut *db, account, kept).await?;
    let (kind, notice) = match enrolment {
        Enrolment::First => (EventKind::SecondFactorOn, SecurityNotice::SecondFactorOn),
        Enrolment::Replacement => (EventKind::SecondFactorReplaced, SecurityNotice::SecondFactorReplaced),
    };
    audit::record(services, &mut *db, account, kind, origin).await?;
    audit::record(services, &mut *db, account, EventKind::RecoveryCodesMade, origin).await?;
    let email = accounts::email_of(&mut *db, account).await?.ok_or(Problem::SignedOut)?;
    mail::notify(services, &mut *db, Recipient { account, email: &email }, notice, origin).await?;
    if matches!(enroller, Enroller::Pending(_)) {
        audit::record(services, db, account, EventKind::LoggedIn, origin).await?;
    }
    Ok(())
}

/// Starts the set-up with a new secret. A session must have logged in within five minutes: else
/// whoever finds it open could bind their own phone to the account.
pub async fn restart_enrolment(services: &Services, enroller: &Enroller) -> Result<(), Failure> {
    if totp::is_settled(services, enroller.account()).await? {
        return Err(Problem::AlreadyEnrolled.into());
    }
    if let Enroller::Session(session) = enroller {
        session.require_fresh_login(services)?;
    }
    let mut tx = services.store.begin().await?;
    totp::prepare(services, &mut tx, enroller.account(), enroller.digest(), Enrolment::First).await?;
    Ok(tx.commit().await?)
}

/// Makes ten new recovery codes, which kills the old ones, and shows them to this session.
///
/// Asks for a login within five minutes ([`Problem::LoginTooOld`]): else whoever finds the session
/// open could take a key to the account along.
pub async fn renew_recovery_codes(services: &Services, origin: &Origin, session: &Session) -> Result<(), Failure> {
    session.require_fresh_login(services)?;
    let account = session.account();
    if !totp::is_enrolled(services, account).await? {
        return Err(Problem::NotEnrolled.into());
    }
    let mut tx = services.store.begin().await?;
    session.hold(&mut tx).await?;
    recovery_codes::make(services, &mut tx, account, session.digest()).await?;
    audit::record(services, &mut tx, account, EventKind::RecoveryCodesMade, origin).await?;
    let owner = Recipient { account, email: session.email() };
    mail::notify(services, &mut tx, owner, SecurityNotice::RecoveryCodesMade, origin).await?;
    Ok(tx.commit().await?)
}
