//! The `sekisho` program: command line, logs, and the way out when something is wrong.
#![forbid(unsafe_code)]

use clap::Parser;
use sekisho::server::cli::{self, Cli};
use sekisho::server::log;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;
use zeroizing_alloc::ZeroAlloc;

/// Erases what is freed: requests are read into buffers that hold passwords and tokens.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

#[tokio::main]
async fn main() -> ExitCode {
    let level = EnvFilter::new("info,sqlx=warn");
    log::lines().with_env_filter(level).with_writer(std::io::stderr).init();
    if let Err(error) = cli::turn_off_core_dumps() {
        tracing::warn!(%error, "Core dumps could not be turned off.");
    }
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentences) => {
            for sentence in sentences {
                eprintln!("{sentence}");
            }
            ExitCode::FAILURE
        }
    }
}
