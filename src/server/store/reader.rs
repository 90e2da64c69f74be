//! What queries are put to that only read, alike for both databases.

use super::readers::Readers;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyPool, Describe, Either, Execute, Executor, SqlStr};

/// What queries are put to that only read.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(How<'a>);

#[derive(Clone, Copy, Debug)]
enum How<'a> {
    Sqlite(&'a Readers),
    Postgres(&'a AnyPool),
}

impl<'a> Reader<'a> {
    pub(super) fn sqlite(readers: &'a Readers) -> Self {
        Self(How::Sqlite(readers))
    }

    pub(super) fn postgres(pool: &'a AnyPool) -> Self {
        Self(How::Postgres(pool))
    }
}

type Step = sqlx::Result<Either<AnyQueryResult, AnyRow>>;

impl<'c> Executor<'c> for Reader<'c> {
    type Database = Any;

    /// All at once: nobody keeps a connection who does not come for the rest.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Step>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let readers = match self.0 {
            How::Sqlite(readers) => readers,
            How::Postgres(pool) => return pool.fetch_many(query),
        };
        let steps = async move {
            let mut reading = match readers.acquire().await {
                Ok(reading) => reading,
                Err(error) => return vec![Err(error)],
            };
            let mut steps: Vec<Step> = match reading.connection() {
                Ok(connection) => connection.fetch_many(query).collect().await,
                Err(error) => vec![Err(error)],
            };
            let last = steps.pop().map(|last| reading.heed(last));
            steps.extend(last);
            steps
        };
        stream::once(steps).flat_map(stream::iter).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Any>,
    {
        match self.0 {
            How::Postgres(pool) => pool.fetch_optional(query),
            How::Sqlite(readers) => Box::pin(async move {
                let mut reading = readers.acquire().await?;
                let found = reading.connection()?.fetch_optional(query).await;
                reading.heed(found)
            }),
        }
    }

    fn prepare_with<'e>(self, sql: SqlStr, types: &'e [AnyTypeInfo]) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'c: 'e,
    {
        match self.0 {
            How::Postgres(pool) => pool.prepare_with(sql, types),
            How::Sqlite(readers) => Box::pin(async move {
                let mut reading = readers.acquire().await?;
                let prepared = reading.connection()?.prepare_with(sql, types).await;
                reading.heed(prepared)
            }),
        }
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Any>>>
    where
        'c: 'e,
    {
        match self.0 {
            How::Postgres(pool) => pool.describe(sql),
            How::Sqlite(readers) => Box::pin(async move {
                let mut reading = readers.acquire().await?;
                let described = reading.connection()?.describe(sql).await;
                reading.heed(described)
            }),
        }
    }
}
