//! Every column that holds sealed values, by which they are sealed anew.

use sqlx::any::AnyExecutor;

/// A column of sealed values. Its owner, for the seal, is the primary key of its table.
pub struct Column {
    pub table: &'static str,
    pub column: &'static str,
    /// Values not like `$1` whose owner is behind `$2`, at most `$3`.
    unlike: &'static str,
    /// Puts `$3` in the place of `$2`, of owner `$1`.
    replace: &'static str,
}

/// A sealed value and its owner.
#[derive(sqlx::FromRow)]
pub struct Sealed {
    pub owner: String,
    pub sealed: String,
}

/// All of them.
pub const COLUMNS: [Column; 6] = [
    Column {
        table: "authenticators",
        column: "sealed_secret",
        unlike: "SELECT account_id AS owner, sealed_secret AS sealed FROM authenticators \
                 WHERE sealed_secret NOT LIKE $1 AND account_id > $2 ORDER BY account_id LIMIT $3",
        replace: "UPDATE authenticators SET sealed_secret = $3 WHERE account_id = $1 AND sealed_secret = $2",
    },
    Column {
        table: "enrolments",
        column: "sealed_secret",
        unlike: "SELECT holder AS owner, sealed_secret AS sealed FROM enrolments \
                 WHERE sealed_secret NOT LIKE $1 AND holder > $2 ORDER BY holder LIMIT $3",
        replace: "UPDATE enrolments SET sealed_secret = $3 WHERE holder = $1 AND sealed_secret = $2",
    },
    Column {
        table: "sessions",
        column: "sealed_sheet",
        unlike: "SELECT digest AS owner, sealed_sheet AS sealed FROM sessions \
                 WHERE sealed_sheet NOT LIKE $1 AND digest > $2 ORDER BY digest LIMIT $3",
        replace: "UPDATE sessions SET sealed_sheet = $3 WHERE digest = $1 AND sealed_sheet = $2",
    },
    Column {
        table: "outbox",
        column: "sealed_message",
        unlike: "SELECT id AS owner, sealed_message AS sealed FROM outbox \
                 WHERE sealed_message NOT LIKE $1 AND id > $2 ORDER BY id LIMIT $3",
        replace: "UPDATE outbox SET sealed_message = $3 WHERE id = $1 AND sealed_message = $2",
    },
    Column {
        table: "signing_keys",
        column: "sealed_secret",
        unlike: "SELECT kid AS owner, sealed_secret AS sealed FROM signing_keys \
                 WHERE sealed_secret NOT LIKE $1 AND kid > $2 ORDER BY kid LIMIT $3",
        replace: "UPDATE signing_keys SET sealed_secret = $3 WHERE kid = $1 AND sealed_secret = $2",
    },
    Column {
        table: "digest_keys",
        column: "sealed_key",
        unlike: "SELECT id AS owner, sealed_key AS sealed FROM digest_keys \
                 WHERE sealed_key NOT LIKE $1 AND id > $2 ORDER BY id LIMIT $3",
        replace: "UPDATE digest_keys SET sealed_key = $3 WHERE id = $1 AND sealed_key = $2",
    },
];

/// Values that do not begin with `beginning` (digits and a point), of owners behind `after`, in their order.
pub async fn unlike(
    db: impl AnyExecutor<'_>,
    column: &Column,
    (beginning, after): (&str, &str),
    limit: i64,
) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query_as(column.unlike).bind(format!("{beginning}%")).bind(after.to_owned()).bind(limit).fetch_all(db).await
}

/// Seals a value anew; false if it was changed or erased meanwhile.
pub async fn replace(db: impl AnyExecutor<'_>, column: &Column, old: &Sealed, new: &str) -> sqlx::Result<bool> {
    let done =
        sqlx::query(column.replace).bind(old.owner.as_str()).bind(old.sealed.as_str()).bind(new).execute(db).await?;
    Ok(done.rows_affected() == 1)
}
