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
    // Who waited five seconds for the database in vain may come back; that is no fault of ours to mend.
    fn from(cause: sqlx::Error) -> Self {
        if is_busy(&cause) { Self::Refused(Problem::Busy) } else { Self::Broken(cause.into()) }
    }
}

fn is_busy(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::PoolTimedOut => true,
        // SQLITE_BUSY, SQLITE_LOCKED, and PostgreSQL's lock_not_available.
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("5" | "6" | "55P03")),
        _ => false,
    }
}

impl From<crate::server::keys::KeyError> for Failure {
    fn from(cause: crate::server::keys::KeyError) -> Self {
        Self::Broken(cause.into())
    }
}
