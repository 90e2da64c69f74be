//! The log: one line of JSON for each fact, times in UTC, on standard error.

use tracing_subscriber::fmt::SubscriberBuilder;
use tracing_subscriber::fmt::format::{Format, Json, JsonFields};

/// How a line looks: `timestamp`, `level`, `message` and the fields of the fact side by side, and
/// `span` with the number of the request it comes of. JSON escapes whatever could start a new line.
pub fn lines() -> SubscriberBuilder<JsonFields, Format<Json>> {
    tracing_subscriber::fmt().json().flatten_event(true).with_span_list(false)
}
