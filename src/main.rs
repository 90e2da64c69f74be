//! The `sekisho` program: command line, logs, and the way out when something is wrong.
#![forbid(unsafe_code)]

use clap::Parser;
use sekisho::server::cli::Cli;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let level = EnvFilter::new("info,sqlx=warn");
    tracing_subscriber::fmt().json().with_env_filter(level).with_writer(std::io::stderr).init();
    // A core image would hold passwords and keys.
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
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
