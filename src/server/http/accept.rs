//! The loop that accepts connections. Our own, because axum's installs no timer and hyper's
//! header timeout would never fire: a client that dawdles would hold its connection for ever.

use super::tls::Tls;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until `stop` is over, over https where `tls` is given; then lets running requests
/// finish for at most ten seconds.
pub async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let client = Client { peer, router: router.clone(), watcher: graceful.watcher() };
                    tokio::spawn(client.greet(stream, tls.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "A connection could not be accepted.");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("Some requests did not finish in time.");
    }
}

/// One connection.
struct Client {
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
}

impl Client {
    async fn greet(self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        let Some(tls) = tls else { return self.answer(stream).await };
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => self.answer(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "A TLS handshake failed."),
            Err(_) => tracing::debug!("A TLS handshake took too long."),
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, router, watcher } = self;
        let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "A connection ended early.");
        }
    }
}
