//! `sekisho serve`.

use super::accounts::said;
use crate::server::audit;
use crate::server::clock::Clock;
use crate::server::config::{Config, Networks};
use crate::server::http::{self, BackRow, Behind, Door};
use crate::server::jobs;
use crate::server::services::Services;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Opens everything, serves until SIGTERM or Ctrl-C, closes everything.
pub async fn serve() -> Result<(), Vec<String>> {
    let config = Config::from_env()?;
    let one = |sentence: String| vec![sentence];
    prepare_data_dir(&config.data_dir).map_err(one)?;
    raise_descriptor_limit();
    let tls = config.tls_files.clone().map(http::Tls::open).transpose().map_err(one)?.map(Arc::new);
    // Before the database: a port in use should change nothing.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| one(format!("SEKISHO_LISTEN: {} cannot be served: {error}.", config.listen)))?;
    let metrics = metrics_listener(&config).await.map_err(one)?;
    let services = Arc::new(Services::open(config, Clock::System).await.map_err(one)?);
    audit::note_settings(&services).await.map_err(said)?;
    greet(&services.config);
    if let Some(tls) = &tls {
        tokio::spawn(Arc::clone(tls).keep_fresh());
    }
    let jobs = tokio::spawn(jobs::run(Arc::clone(&services)));
    if let Some(listener) = metrics {
        let behind = Behind::Metrics(http::metrics_router(Arc::clone(&services)));
        let door = Door { behind, tls: None, proxies: Networks::default() };
        tokio::spawn(http::serve(listener, door, std::future::pending()));
    }
    let proxies = services.config.limits.trusted_proxies.clone();
    let back_row = BackRow::open().map_err(|error| one(format!("Threads could not be started: {error}.")))?;
    let door = Door { behind: Behind::Web(http::web(Arc::clone(&services), Some(back_row))), tls, proxies };
    http::serve(listener, door, stop_signal()).await;
    jobs.abort();
    services.store.close().await;
    Ok(())
}

async fn metrics_listener(config: &Config) -> Result<Option<TcpListener>, String> {
    let Some(address) = config.metrics_listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    listener.map(Some).map_err(|error| format!("SEKISHO_METRICS_LISTEN: {address} cannot be served: {error}."))
}

// The database and its log inherit no more than the folder's owner may do.
pub(super) fn prepare_data_dir(path: &Path) -> Result<(), String> {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let failed = |error: std::io::Error| format!("SEKISHO_DATA_DIR: {} cannot be used: {error}.", path.display());
    fs::create_dir_all(path).map_err(failed)?;
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(failed)
}

/// Each connection needs a descriptor, and systems start programs with few.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "The limit of open files could not be raised.");
    }
}

fn greet(config: &Config) {
    if config.serves_in_clear_beyond_this_machine() {
        let listen = config.listen.to_string();
        tracing::warn!(listen, "Plain http is served beyond this machine; let only the https proxy reach it.");
    }
    let data = fs::canonicalize(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    println!(
        "Sekisho serves {origin}\n  Data: {data}\n  Next: open {origin}/register and make the first account.",
        origin = config.public_url.origin,
        data = data.display()
    );
}

async fn stop_signal() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return tokio::signal::ctrl_c().await.unwrap_or_default();
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
