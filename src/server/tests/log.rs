//! What one test writes into the log.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}
static SUBSCRIBED: Once = Once::new();

/// Captures the log of this thread for as long as it lives.
pub struct Log;

impl Log {
    // One subscriber for all tests: those of single threads would share a cache of what is
    // worth logging, which the threads without one empty.
    pub fn capture() -> Self {
        SUBSCRIBED.call_once(|| {
            let subscriber = crate::server::log::lines().with_max_level(tracing::Level::TRACE);
            subscriber.with_writer(|| Writer).init();
        });
        WRITTEN.set(Some(Vec::new()));
        Self
    }

    pub fn text(&self) -> String {
        WRITTEN.with_borrow(|written| String::from_utf8_lossy(written.as_deref().unwrap_or_default()).into_owned())
    }

    /// True if an incident number of the log stands in `text`.
    pub fn knows_the_number_in(&self, text: &str) -> bool {
        self.text().split("\"incident\":\"").skip(1).any(|rest| text.contains(&rest[..8]))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        WRITTEN.set(None);
    }
}

/// Keeps what a capturing thread writes, drops the rest.
struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.with_borrow_mut(|written| written.as_mut().map_or(Ok(bytes.len()), |kept| kept.write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
