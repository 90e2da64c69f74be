//! The threads that make way: they serve whoever comes with many connections, and work on what changes
//! something. While thousands log in, the others have the processor for whoever reads a page.
//!
//! By niceness and not as the hashing threads (`SCHED_IDLE`): what they hold, locks and connections of the
//! database, others wait for, so they must go on however busy the machine is.

use crate::server::failure::Failure;
use std::thread::available_parallelism;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

/// Added to the niceness of the process: such a thread gets a tenth of what another one gets while both
/// want the processor (sched(7)).
const NICE: i32 = 10;

/// The threads that make way, one for each processor. They end when it is dropped.
pub struct BackRow(Option<Runtime>);

impl BackRow {
    /// Starts them.
    pub fn open() -> std::io::Result<Self> {
        let threads = available_parallelism().map_or(1, usize::from);
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(threads).thread_name("back-row").on_thread_start(make_way).enable_all();
        builder.build().map(|runtime| Self(Some(runtime)))
    }

    /// Serves a connection there until it ends.
    pub fn serve<F>(&self, connection: TcpStream, serve: impl FnOnce(TcpStream) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let Some(runtime) = &self.0 else { return };
        let connection = connection.into_std();
        runtime.spawn(async move {
            match connection.and_then(TcpStream::from_std) {
                Ok(connection) => serve(connection).await,
                Err(error) => tracing::debug!(%error, "A connection could not be handed to the back row."),
            }
        });
    }

    /// Does `work` there; it ends half-way if nobody waits for it any more.
    pub async fn work<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T, Failure> {
        // A set of one: dropped, it ends what is in it.
        let mut set = JoinSet::new();
        if let Some(runtime) = &self.0 {
            set.spawn_on(work, runtime.handle());
        }
        match set.join_next().await {
            Some(Ok(done)) => Ok(done),
            Some(Err(error)) => Err(Failure::Broken(error.into())),
            None => Err(Failure::Broken("the back row is closed".into())),
        }
    }
}

impl Drop for BackRow {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // A runtime that is dropped would wait for its threads, which an asynchronous caller may not.
            runtime.shutdown_background();
        }
    }
}

fn make_way() {
    if let Err(error) = rustix::process::nice(NICE) {
        tracing::warn!(%error, "Threads could not be told to make way.");
    }
}
