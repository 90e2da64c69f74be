//! The loop that accepts connections. Our own, because axum's installs no timer and hyper's
//! header timeout would never fire: a client that dawdles would hold its connection for ever.

use super::back_row::BackRow;
use super::crowd::{Crowd, Seat};
use super::csp;
use super::pace::{Pace, Paced};
use super::tls::Tls;
use super::web::Web;
use crate::server::config::Networks;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Request, Response, StatusCode, Version, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
const DRAIN: Duration = Duration::from_secs(10);
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// After an error of `accept`: mostly descriptors are short, and others must close theirs first.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What an answer carries that no page, file or route made.
const BARE: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, csp::NOTHING),
];

/// Who is answered, and how.
#[derive(Clone)]
pub struct Door {
    pub behind: Behind,
    /// https, where a certificate is given.
    pub tls: Option<Arc<Tls>>,
    /// May hold any number of connections.
    pub proxies: Networks,
}

/// What stands behind a door.
#[derive(Clone)]
pub enum Behind {
    Web(Web),
    Metrics(Router),
}

impl Behind {
    fn back_row(&self) -> Option<&BackRow> {
        match self {
            Self::Web(web) => web.back_row(),
            Self::Metrics(_) => None,
        }
    }

    async fn answer(&self, peer: SocketAddr, request: Request<Incoming>) -> Response<Body> {
        match self {
            Self::Web(web) => web.answer(Some(peer), request).await,
            Self::Metrics(router) => {
                let answer = router.clone().oneshot(request.map(Body::new)).await;
                (BARE, answer.unwrap_or_else(|never| match never {})).into_response()
            }
        }
    }
}

/// Serves until `stop` is over; then lets running requests finish for at most ten seconds, while
/// whoever comes is told that this server is going.
pub async fn serve(listener: TcpListener, door: Door, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let crowd = Arc::new(Crowd::default());
    let mut stop = std::pin::pin!(stop);
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let Some((stream, peer)) = come_in(accepted, &mut pause).await else { continue };
        match crowd.seat(peer.ip(), &door.proxies) {
            Some(seat) => {
                let client = Client { peer, seat, behind: door.behind.clone(), watcher: graceful.watcher() };
                let tls = door.tls.clone();
                match door.behind.back_row() {
                    Some(row) if !client.seat.is_front() => row.serve(stream, |stream| client.greet(stream, tls)),
                    _ => drop(tokio::spawn(client.greet(stream, tls))),
                }
            }
            None => turn_away(&stream),
        }
    }
    let mut drained = std::pin::pin!(tokio::time::timeout(DRAIN, graceful.shutdown()));
    loop {
        tokio::select! {
            done = &mut drained => {
                if done.is_err() {
                    tracing::warn!("Some requests did not finish in time.");
                }
                break;
            }
            accepted = listener.accept() => {
                if let Some((stream, peer)) = come_in(accepted, &mut pause).await
                    && let Some(seat) = crowd.seat(peer.ip(), &door.proxies)
                {
                    tokio::spawn(say_goodbye(stream, door.tls.clone(), seat));
                }
            }
        }
    }
}

/// A connection, or a pause that grows while there is none to be had.
async fn come_in(
    accepted: std::io::Result<(TcpStream, SocketAddr)>,
    pause: &mut Duration,
) -> Option<(TcpStream, SocketAddr)> {
    match accepted {
        Ok(came) => {
            *pause = FIRST_PAUSE;
            Some(came)
        }
        Err(error) => {
            tracing::warn!(%error, "A connection could not be accepted.");
            tokio::time::sleep(*pause).await;
            *pause = (*pause * 2).min(LONGEST_PAUSE);
            None
        }
    }
}

/// Says that there are too many connections, as far as that goes without waiting. Over https the
/// handshake would cost more than the answer is worth: the connection just ends.
fn turn_away(stream: &TcpStream) {
    let head = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n";
    let bare = BARE.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    if let Err(error) = stream.try_write(format!("{head}{bare}\r\n").as_bytes()) {
        tracing::debug!(%error, "A connection too many ended early.");
    }
}

/// Answers 503 to anything, `/readyz` included: a load balancer then asks elsewhere.
async fn say_goodbye(stream: TcpStream, tls: Option<Arc<Tls>>, _seat: Seat) {
    let service = service_fn(|_: Request<Incoming>| async {
        let headers = [(header::RETRY_AFTER, "5"), (header::CONNECTION, "close")];
        Ok::<_, Infallible>((StatusCode::SERVICE_UNAVAILABLE, BARE, headers, "stopping\n").into_response())
    });
    let bounded = tokio::time::timeout(HANDSHAKE_TIMEOUT, async {
        let Some(tls) = tls else {
            return http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.is_ok();
        };
        let Ok(stream) = tls.acceptor().accept(stream).await else { return false };
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.is_ok()
    });
    if !bounded.await.unwrap_or(false) {
        tracing::debug!("Somebody did not hear that this server is going.");
    }
}

/// One connection.
struct Client {
    peer: SocketAddr,
    seat: Seat,
    behind: Behind,
    watcher: Watcher,
}

impl Client {
    async fn greet(self, stream: TcpStream, tls: Option<Arc<Tls>>) {
        // Answers are small and whole: nothing is gained by waiting for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "Small packets of a connection may be late.");
        }
        let Some(tls) = tls else { return self.answer(stream).await };
        match tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => self.answer(stream).await,
            Ok(Err(error)) => tracing::debug!(%error, "A TLS handshake failed."),
            Err(_) => tracing::debug!("A TLS handshake took too long."),
        }
    }

    async fn answer(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let Self { peer, seat, behind, watcher } = self;
        let pace = Pace::new();
        let stream = Paced::new(stream, pace.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            pace.begin_answer();
            let (pace, behind) = (pace.clone(), behind.clone());
            async move {
                let answer = answer_one(&behind, peer, request).await;
                pace.end_answer();
                answer
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "A connection ended early.");
        }
        drop(seat);
    }
}

async fn answer_one(
    behind: &Behind,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    // Whoever speaks HTTP/1.1 says whom they mean (RFC 9112 section 3.2).
    if request.version() == Version::HTTP_11 && !request.headers().contains_key(header::HOST) {
        return Ok((StatusCode::BAD_REQUEST, BARE).into_response());
    }
    Ok(behind.answer(peer, request).await)
}
