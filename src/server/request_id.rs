//! The number of a request. Every line of the log that comes of it bears it, and so does its answer
//! where it fails: who reports the one finds the others.

use crate::server::keys::random;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: u32;
}

/// Does `work` as one request: with a number of its own.
pub async fn numbered<T>(work: impl Future<Output = T>) -> T {
    let id = fresh();
    let span = tracing::info_span!("request", id = format!("{id:08x}"));
    CURRENT.scope(id, work.instrument(span)).await
}

/// The number of the request that is being worked on; a fresh one for what no request asked for.
pub fn current() -> u32 {
    CURRENT.try_with(|id| *id).unwrap_or_else(|_| fresh())
}

fn fresh() -> u32 {
    random::<4>().map(u32::from_le_bytes).unwrap_or(0)
}
