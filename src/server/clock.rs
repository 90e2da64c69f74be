//! The only source of wall-clock time; tests move it by hand.

use crate::model::Timestamp;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells what time it is.
#[derive(Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until it is advanced.
    Test(AtomicI64),
}

impl Clock {
    /// The present second. A machine whose clock stands before 1970 counts as 1970.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
            }
            Self::Test(seconds) => Timestamp::from(seconds.load(Ordering::SeqCst)),
        }
    }

    /// Moves a test clock; the machine's clock is left alone.
    pub fn advance(&self, by_s: i64) {
        if let Self::Test(seconds) = self {
            seconds.fetch_add(by_s, Ordering::SeqCst);
        }
    }
}
