//! Where the chain ends. Kept apart from it, under a digest: links that were cut off at the end are
//! missed, and nobody without the key can say where else it ends.

use super::proof::Keys;
use crate::server::failure::Failure;
use crate::server::keys::{DigestKey, KeyError};
use crate::server::store::{WriteTx, guards};
use sqlx::any::AnyExecutor;

/// Name under which the database keeps it.
const NAME: &str = "audit chain head";

/// The end of the chain: how many links it has, and the hash of the last one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub count: i64,
    pub hash: String,
}

/// What stands in the place of the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Nothing,
    Head(Head),
    /// Not written by a server of ours.
    Foreign,
}

impl Head {
    /// Its spelling, by which an operator keeps it elsewhere.
    pub fn text(&self) -> String {
        format!("{}:{}", self.count, self.hash)
    }

    /// Reads what [`Head::text`] said.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, hash) = text.split_once(':')?;
        let count = count.parse().ok().filter(|count| *count >= 0)?;
        Some(Self { count, hash: hash.to_owned() })
    }

    fn sealed(&self, number: i64, key: &DigestKey) -> Result<String, KeyError> {
        Ok(format!("{} {number} {}", self.text(), key.digest(&["head", &self.text()])?))
    }

    /// Writes it under the key of this number.
    pub(super) async fn put(&self, tx: &mut WriteTx, number: i64, key: &DigestKey) -> Result<(), Failure> {
        Ok(guards::put(&mut **tx, NAME, &self.sealed(number, key)?).await?)
    }
}

/// Looks where the chain ends.
pub(super) async fn find(db: impl AnyExecutor<'_>, keys: &Keys) -> Result<Kept, Failure> {
    Ok(read(guards::find(db, NAME).await?.as_deref(), keys)?)
}

/// The same, and keeps everybody else from chaining until the transaction ends.
pub(super) async fn lock(tx: &mut WriteTx, keys: &Keys) -> Result<Kept, Failure> {
    // Of two processes that begin the chain, one waits here for the other.
    guards::claim(&mut **tx, NAME, "").await?;
    Ok(read(guards::lock(&mut **tx, NAME).await?.as_deref(), keys)?)
}

fn read(kept: Option<&str>, keys: &Keys) -> Result<Kept, KeyError> {
    let Some(kept) = kept.filter(|kept| !kept.is_empty()) else { return Ok(Kept::Nothing) };
    let mut words = kept.split(' ');
    let (Some(text), Some(number), Some(digest)) = (words.next(), words.next(), words.next()) else {
        return Ok(Kept::Foreign);
    };
    let key = number.parse().ok().and_then(|number: i64| keys.get(&number));
    let (Some(head), Some(key)) = (Head::parse(text), key) else { return Ok(Kept::Foreign) };
    Ok(if key.made(digest, &["head", text])? { Kept::Head(head) } else { Kept::Foreign })
}

#[cfg(test)]
mod tests {
    use super::{Head, Kept, read};
    use crate::server::keys::{DigestKey, KeyError};

    #[test]
    fn only_a_head_under_a_key_of_ours_is_believed() -> Result<(), KeyError> {
        let (key, other) = (DigestKey::new()?, DigestKey::new()?);
        let keys = [(1, key.clone())].into();
        let head = Head { count: 7, hash: "abc".to_owned() };
        assert_eq!(read(Some(&head.sealed(1, &key)?), &keys)?, Kept::Head(head.clone()));
        assert_eq!(read(None, &keys)?, Kept::Nothing);
        for foreign in [head.sealed(1, &other)?, head.sealed(2, &key)?, "6:abc 1 x".to_owned(), "x".to_owned()] {
            assert_eq!(read(Some(&foreign), &keys)?, Kept::Foreign, "{foreign}");
        }
        assert_eq!(Head::parse("-1:abc"), None);
        Ok(())
    }
}
