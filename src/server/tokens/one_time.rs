//! One-time tokens: 256 random bits that travel by mail, kept as a digest, bound to a purpose, an
//! account and an address.

use crate::model::{AccountId, LinkState, Problem};
use crate::server::failure::Failure;
use crate::server::keys::Token;
use crate::server::services::Services;
use crate::server::store::one_time_tokens::{self, OneTimeToken};
use crate::server::store::people;
use sqlx::AnyConnection;

/// What a token is good for, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    VerifyEmail,
    /// Confirms the new address of an account.
    ChangeEmail,
    ResetPassword,
    /// Says that what a notice told of was somebody else.
    NotMe,
    /// Takes a change of address back; its token is bound to the old address. Whoever spends one also
    /// calls [`end_younger`]: a thief who changes the address twice holds one too.
    UndoEmail,
}

impl Purpose {
    /// Its name in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ChangeEmail => "change_email",
            Self::ResetPassword => "reset_password",
            Self::NotMe => "not_me",
            Self::UndoEmail => "undo_email",
        }
    }

    /// How long a token of it works, in seconds.
    pub fn lifetime_s(self) -> i64 {
        match self {
            Self::VerifyEmail => 24 * 60 * 60,
            Self::ChangeEmail | Self::ResetPassword => 60 * 60,
            Self::NotMe | Self::UndoEmail => 7 * 24 * 60 * 60,
        }
    }

    /// How many may work at a time. A new request must not kill an older link, else a stranger
    /// keeps the owner out; so the surplus one is not made.
    fn most(self) -> i64 {
        match self {
            Self::ChangeEmail => 1,
            Self::VerifyEmail | Self::ResetPassword => 3,
            // Each notice has one of its own; the number only bounds the table.
            Self::NotMe | Self::UndoEmail => 100,
        }
    }
}

/// Makes a token for `account`, sent to `email`; `None` if enough of them work already.
pub async fn make(
    services: &Services,
    db: &mut AnyConnection,
    account: &AccountId,
    email: &str,
    purpose: Purpose,
) -> Result<Option<Token>, Failure> {
    let now = services.clock.now();
    people::lock(&mut *db, account).await?;
    one_time_tokens::delete_expired(&mut *db, now).await?;
    if purpose == Purpose::ChangeEmail {
        // A second request for another address takes the place of the first.
        one_time_tokens::delete_of(&mut *db, account, purpose.word()).await?;
    }
    if one_time_tokens::count_live(&mut *db, account, purpose.word(), now).await? >= purpose.most() {
        return Ok(None);
    }
    let token = Token::new()?;
    let newest = one_time_tokens::newest_at(&mut *db, account, purpose.word()).await?;
    // Never two of one second where the older outranks the younger.
    let created_at = match newest {
        Some(at) if purpose == Purpose::UndoEmail => now.max(at.plus_s(1)),
        _ => now,
    };
    let new = OneTimeToken {
        digest: token.digest(),
        purpose: purpose.word().to_owned(),
        account_id: account.clone(),
        email: email.to_owned(),
        created_at,
        expires_at: now.plus_s(purpose.lifetime_s()),
    };
    one_time_tokens::insert(db, &new).await?;
    Ok(Some(token))
}

/// What a shown token stands for, without spending it; [`Problem::LinkBad`] if nothing.
pub async fn look(services: &Services, shown: &str, purpose: Purpose) -> Result<OneTimeToken, Failure> {
    let token = Token::parse(shown).ok_or(Problem::LinkBad)?;
    let now = services.clock.now();
    let found = one_time_tokens::find(services.store.read(), &token.digest(), purpose.word(), now).await?;
    Ok(found.ok_or(Problem::LinkBad)?)
}

/// What a page can do with a shown token, without spending it.
pub async fn state(services: &Services, shown: &str, purpose: Purpose) -> Result<LinkState, Failure> {
    match look(services, shown, purpose).await {
        Ok(_) => Ok(LinkState::Live),
        Err(Failure::Refused(_)) => Ok(LinkState::Dead),
        Err(failure) => Err(failure),
    }
}

/// Spends a token that was looked at; [`Problem::LinkBad`] for all but one of parallel uses.
pub async fn spend(services: &Services, db: &mut AnyConnection, token: &OneTimeToken) -> Result<(), Failure> {
    let is_spent = one_time_tokens::spend(db, &token.digest, &token.purpose, services.clock.now()).await?;
    if is_spent { Ok(()) } else { Err(Problem::LinkBad.into()) }
}

/// Kills the tokens of the same purpose made with `token` or after it: an older proof outranks them.
pub async fn end_younger(db: &mut AnyConnection, token: &OneTimeToken) -> Result<(), Failure> {
    Ok(one_time_tokens::delete_younger_of(db, &token.account_id, &token.purpose, token.created_at).await?)
}
