//! How a domain function says no: a refusal a person may hear, or a fault that only the log may.

use crate::model::Problem;
use std::any::Any;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Why something was not done.
#[derive(Debug)]
pub enum Failure {
    /// The person can do something about it.
    Refused(Problem),
    /// Ours to mend; logged once, where the request ends.
    Broken(Box<dyn Error + Send + Sync>),
    /// The database cannot be used: the operator's to mend; logged once, where the request ends.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl Failure {
    /// A fault described by a sentence of ours.
    pub fn broken(sentence: &'static str) -> Self {
        Self::Broken(sentence.into())
    }

    /// What the person is told; a fault is logged under the number it is told with.
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Refused(problem) => problem,
            Self::Broken(cause) => {
                let incident = crate::server::request_id::current();
                tracing::error!(incident = format!("{incident:08x}"), %cause, "A request failed.");
                Problem::Internal { incident }
            }
            Self::Unavailable(cause) => {
                tracing::error!(%cause, "A request could not use the database.");
                Problem::Unavailable
            }
        }
    }
}

/// Waits for `work`; if it panics, that is a fault like any other: its text stays in the log.
pub async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let mut work = pin!(work);
    std::future::poll_fn(move |context| {
        // Nothing looks at what panicked again.
        match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(cause) => Poll::Ready(Err(panicked(cause.as_ref()))),
        }
    })
    .await
}

fn panicked(cause: &(dyn Any + Send)) -> Failure {
    let text = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    Failure::Broken(format!("a request panicked: {}", text.unwrap_or("no text")).into())
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(cause: sqlx::Error) -> Self {
        match trouble(&cause) {
            // Who waited for another writer in vain may come back; that is nobody's to mend.
            Trouble::Busy => Self::Refused(Problem::Busy),
            Trouble::Unavailable => Self::Unavailable(cause.into()),
            Trouble::Ours => Self::Broken(cause.into()),
        }
    }
}

/// Whose trouble it is that the database did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Busy,
    Unavailable,
    Ours,
}

fn trouble(cause: &sqlx::Error) -> Trouble {
    use sqlx::Error;
    match cause {
        Error::Database(error) => error.code().map_or(Trouble::Ours, |code| trouble_of(&code)),
        Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::BeginFailed => Trouble::Unavailable,
        // A transaction that the database gave up by itself; its connection is not used again.
        Error::InvalidSavePointStatement => Trouble::Unavailable,
        // The wire, or half an answer.
        Error::Io(_) | Error::Tls(_) | Error::Protocol(_) => Trouble::Unavailable,
        _ => Trouble::Ours,
    }
}

/// Of a result code of SQLite, whose lowest byte tells the kind, or of the five characters of PostgreSQL.
fn trouble_of(code: &str) -> Trouble {
    if code.len() == 5 {
        return trouble_of_postgres(code);
    }
    match code.parse::<i32>().unwrap_or_default() & 0xff {
        // BUSY and LOCKED.
        5 | 6 => Trouble::Busy,
        // READONLY, IOERR, CORRUPT, FULL, CANTOPEN and NOTADB.
        8 | 10 | 11 | 13 | 14 | 26 => Trouble::Unavailable,
        _ => Trouble::Ours,
    }
}

fn trouble_of_postgres(code: &str) -> Trouble {
    match code {
        // A lock, a deadlock, a collision.
        "55P03" | "40P01" | "40001" => Trouble::Busy,
        // A standby; not accepting connections; no such database; damaged.
        "25006" | "55000" | "3D000" | "XX001" | "XX002" => Trouble::Unavailable,
        // Connection, resources, the operator's intervention, the system, who we are.
        code if ["08", "53", "57", "58", "28"].iter().any(|class| code.starts_with(class)) => Trouble::Unavailable,
        _ => Trouble::Ours,
    }
}

impl From<crate::server::keys::KeyError> for Failure {
    fn from(cause: crate::server::keys::KeyError) -> Self {
        Self::Broken(cause.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Trouble, trouble_of};

    #[test]
    fn a_database_that_cannot_be_used_is_told_from_a_mistake_of_ours() {
        for busy in ["5", "517", "6", "55P03", "40001"] {
            assert_eq!(trouble_of(busy), Trouble::Busy, "{busy}");
        }
        for unavailable in ["8", "1032", "10", "778", "11", "13", "14", "26", "57P01", "53100", "08006", "55000"] {
            assert_eq!(trouble_of(unavailable), Trouble::Unavailable, "{unavailable}");
        }
        for ours in ["1", "19", "2067", "42601", "23505", ""] {
            assert_eq!(trouble_of(ours), Trouble::Ours, "{ours}");
        }
    }
}
