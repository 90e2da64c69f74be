//! Ten codes of 120 bits that stand in for a lost phone, each once.

use crate::model::views::RecoverySheetView;
use crate::model::{AccountId, Problem, Timestamp};
use crate::server::failure::Failure;
use crate::server::keys::{Place, random};
use crate::server::services::Services;
use crate::server::store::{recovery_codes, sessions};
use data_encoding::{Encoding, Specification};
use sqlx::AnyConnection;
use std::sync::LazyLock;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const CODES: usize = 10;
/// How long the fresh codes can be seen.
const SHEET_LIFETIME_S: i64 = 30 * 60;

static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
});

/// Makes ten codes in place of all earlier ones; keeps digests, and a sealed copy that only
/// this session can look at until one code is typed back.
pub async fn make(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    session: &str,
) -> Result<(), Failure> {
    let now = services.clock.now();
    let mut sheet = Zeroizing::new(String::new());
    // The account's own row first: of two who make codes at once, the second waits and finds all of the first's.
    recovery_codes::set_confirmed(&mut *db, account, None).await?;
    recovery_codes::delete_all_of(&mut *db, account).await?;
    sessions::erase_sheets_of(&mut *db, account).await?;
    for _ in 0..CODES {
        let code = Zeroizing::new(CROCKFORD.encode(&random::<15>()?));
        let digest = services.keys.recovery_code_digest(account.as_str(), &code)?;
        recovery_codes::insert(&mut *db, account, &digest, now).await?;
        sheet.push_str(&code);
        sheet.push('\n');
    }
    let sealed = services.keys.seal(place(session), sheet.as_bytes())?;
    Ok(sessions::put_sheet(db, session, &sealed, now.plus_s(SHEET_LIFETIME_S)).await?)
}

/// The fresh codes of this session, grouped for reading; `None` once one was typed back.
pub async fn sheet(services: &Services, session: &str, email: &str) -> Result<Option<RecoverySheetView>, Failure> {
    let Some((sealed, expires_at)) = sessions::find_sheet(services.store.read(), session, services.clock.now()).await?
    else {
        return Ok(None);
    };
    let opened = services.keys.open(place(session), &sealed)?;
    let codes = String::from_utf8_lossy(&opened).lines().map(group).collect();
    let made_at = Timestamp::from(expires_at).plus_s(-SHEET_LIFETIME_S);
    Ok(Some(RecoverySheetView { codes, email: email.to_owned(), made_at }))
}

/// Lets the session that `from` opened look at its codes under its new digest `to` too.
pub async fn carry(services: &Services, db: &mut AnyConnection, from: &str, to: &str) -> Result<(), Failure> {
    let Some((sealed, expires_at)) = sessions::find_sheet(&mut *db, from, services.clock.now()).await? else {
        return Ok(());
    };
    let opened = services.keys.open(place(from), &sealed)?;
    let sealed = services.keys.seal(place(to), &opened)?;
    Ok(sessions::put_sheet(db, from, &sealed, Timestamp::from(expires_at)).await?)
}

/// Erases the copy if `typed` is one of its codes, which is compared and not spent; from then on
/// the set counts as kept.
pub async fn confirm_sheet(
    services: &Services,
    account: &AccountId,
    session: &str,
    typed: &str,
) -> Result<(), Failure> {
    let now = services.clock.now();
    let Some((sealed, _)) = sessions::find_sheet(services.store.read(), session, now).await? else {
        return Err(Problem::SetUpExpired.into());
    };
    let opened = services.keys.open(place(session), &sealed)?;
    let typed = canonical(typed);
    let is_on_sheet = opened
        .split(|byte| *byte == b'\n')
        .filter(|code| !code.is_empty())
        .any(|code| code.ct_eq(typed.as_bytes()).into());
    if !is_on_sheet {
        return Err(Problem::RecoveryCodeNotOnSheet.into());
    }
    let mut tx = services.store.begin().await?;
    // A set made meanwhile is not the one that was typed back.
    if !sessions::erase_sheet(&mut *tx, session, &sealed).await? {
        return Err(Problem::SetUpExpired.into());
    }
    recovery_codes::set_confirmed(&mut *tx, account, Some(now)).await?;
    Ok(tx.commit().await?)
}

/// Spends a code; false if it is not one of the account's or was spent before.
pub async fn spend(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    typed: &str,
) -> Result<bool, Failure> {
    let digest = services.keys.recovery_code_digest(account.as_str(), &canonical(typed))?;
    Ok(recovery_codes::spend(db, account, &digest, services.clock.now()).await?)
}

/// True if what was typed has the shape of a recovery code rather than of a six-digit one.
pub fn looks_like_one(typed: &str) -> bool {
    canonical(typed).len() == 24
}

/// What was typed in the one spelling we make: upper case, no separators, and the letters
/// that people mistake for digits read as digits (Crockford).
fn canonical(typed: &str) -> Zeroizing<String> {
    let letters = typed.chars().filter(|c| !matches!(c, ' ' | '-')).take(64);
    Zeroizing::new(
        letters
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect(),
    )
}

fn group(code: &str) -> String {
    code.as_bytes().chunks(6).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

fn place(session: &str) -> Place<'_> {
    Place { table: "sessions", column: "sealed_sheet", owner: session }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_24_crockford_characters_in_four_groups() {
        let code = group(&CROCKFORD.encode(&random::<15>().unwrap()));
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [6, 6, 6, 6]);
        assert!(code.chars().all(|c| c == '-' || "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c)));
        assert!(looks_like_one(&code) && looks_like_one(&code.to_lowercase().replace('-', " ")));
        assert!(!looks_like_one("123456"));
    }

    #[test]
    fn letters_mistaken_for_digits_are_read_as_digits() {
        assert_eq!(*canonical("oIl-abc"), "011ABC");
    }
}
