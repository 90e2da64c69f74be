//! What the loop that reads requests from sockets lets through, and for how long.

use super::TestApp;
use crate::server::config::Networks;
use crate::server::http::{self, Behind, Door};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longer than every time-out, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(40);

struct Served {
    app: TestApp,
    port: u16,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = TestApp::with(&[("SEKISHO_LISTEN", &format!("127.0.0.1:{port}"))]).await;
        let door = Door { behind: Behind::Web(app.web.clone()), tls: None, proxies: Networks::default() };
        let task = tokio::spawn(http::serve(listener, door, std::future::pending()));
        Self { app, port, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// Sends `head` with `Host` and an end, then `body`; the whole answer.
    async fn ask(&self, head: &str, body: &[u8]) -> String {
        let mut stream = self.connect().await;
        let head = format!("{head}\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        stream.write_all(head.as_bytes()).await.unwrap();
        // Who is refused early may not read the rest.
        stream.write_all(body).await.unwrap_or_default();
        rest_of(&mut stream).await
    }
}

/// What comes until the other side closes.
async fn rest_of(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    drop(read.expect("the connection stays open"));
    String::from_utf8_lossy(&answer).into_owned()
}

/// What no answer of ours lacks, wherever it was made.
fn is_guarded(answer: &str) -> bool {
    let head = answer.split("\r\n\r\n").next().unwrap();
    ["x-content-type-options: nosniff", "cache-control: no-store", "content-security-policy: default-src 'none'; "]
        .iter()
        .all(|line| head.matches(&format!("\r\n{line}")).count() == 1)
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn requests_of_unreasonable_size_are_refused_by_name() {
    let served = Served::new().await;
    let form = "Content-Type: application/x-www-form-urlencoded";
    let headers = |count: usize| (0..count).map(|number| format!("\r\nX-{number}: y")).collect::<String>();
    assert_eq!(status(&served.ask(&format!("GET /healthz HTTP/1.1{}", headers(50)), b"").await), 200);
    assert_eq!(status(&served.ask(&format!("GET /healthz HTTP/1.1{}", headers(65)), b"").await), 431);
    let long = "x".repeat(17 * 1024);
    assert_eq!(status(&served.ask(&format!("GET /healthz HTTP/1.1\r\nX: {long}"), b"").await), 431);
    let (fits, too_long) = ("x".repeat(8000), "x".repeat(8200));
    assert_eq!(status(&served.ask(&format!("GET /healthz?{fits} HTTP/1.1"), b"").await), 200);
    assert_eq!(status(&served.ask(&format!("GET /healthz?{too_long} HTTP/1.1"), b"").await), 414);
    for path in ["/fn/login", "/auth/forgot-password", "/preferences", "/healthz"] {
        let announced = format!("POST {path} HTTP/1.1\r\n{form}\r\nContent-Length: 65537");
        assert_eq!(status(&served.ask(&announced, b"").await), 413, "{path}");
        let streamed = format!("POST {path} HTTP/1.1\r\n{form}\r\nTransfer-Encoding: chunked");
        let chunk = [b"4000\r\n", &[b'a'; 0x4000][..], b"\r\n"].concat();
        let body = [&chunk.repeat(5)[..], b"0\r\n\r\n"].concat();
        assert_eq!(status(&served.ask(&streamed, &body).await), 413, "{path} streamed");
    }
    let fields = |count: usize| (0..count).map(|number| format!("f{number}=x&")).collect::<String>();
    for (count, wanted) in [(32, 422), (33, 413)] {
        let body = fields(count);
        let head = format!("POST /fn/login HTTP/1.1\r\n{form}\r\nContent-Length: {}", body.len());
        assert_eq!(status(&served.ask(&head, body.as_bytes()).await), wanted, "{count} fields");
    }
    assert_eq!(served.app.services.config.public_url.authority, format!("127.0.0.1:{}", served.port));
}

#[tokio::test]
async fn a_request_without_a_host_is_none() {
    let served = Served::new().await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
    assert_eq!(status(&rest_of(&mut stream).await), 400);
}

#[tokio::test]
async fn answers_that_no_page_or_route_made_are_guarded_too() {
    let served = Served::new().await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
    let nameless = rest_of(&mut stream).await;
    assert!(status(&nameless) == 400 && is_guarded(&nameless), "{nameless}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, door) = (
        listener.local_addr().unwrap(),
        Door {
            behind: Behind::Metrics(http::metrics_router(std::sync::Arc::clone(&served.app.services))),
            tls: None,
            proxies: Networks::default(),
        },
    );
    let stop = std::sync::Arc::new(tokio::sync::Notify::new());
    let stopped = std::sync::Arc::clone(&stop);
    let task = tokio::spawn(http::serve(listener, door, async move { stopped.notified().await }));
    for (path, wanted) in [("/metrics", 200), ("/", 404)] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = rest_of(&mut stream).await;
        assert!(status(&answer) == wanted && is_guarded(&answer), "{answer}");
    }
    // A request under way keeps the loop saying goodbye.
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.notify_one();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut late = TcpStream::connect(address).await.unwrap();
    late.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let goodbye = rest_of(&mut late).await;
    assert!(status(&goodbye) == 503 && is_guarded(&goodbye), "{goodbye}");
    task.abort();
}

#[tokio::test]
async fn who_dawdles_over_a_header_or_a_body_is_cut_off_after_ten_seconds() {
    let served = Served::new().await;
    let (started, host) = (Instant::now(), format!("Host: 127.0.0.1:{}", served.port));
    let (mut silent, mut slow_header, mut slow_body) =
        (served.connect().await, served.connect().await, served.connect().await);
    slow_header.write_all(format!("GET /healthz HTTP/1.1\r\n{host}\r\n").as_bytes()).await.unwrap();
    let head = format!("POST /auth/verify HTTP/1.1\r\n{host}\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc");
    slow_body.write_all(head.as_bytes()).await.unwrap();
    let drip = async {
        // A byte now and then buys no time.
        for _ in 0..8 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            slow_header.write_all(b"X").await.unwrap();
        }
        rest_of(&mut slow_header).await
    };
    let (silence, header, body) = tokio::join!(rest_of(&mut silent), drip, rest_of(&mut slow_body));
    assert_eq!((silence.as_str(), header.as_str()), ("", ""));
    assert_eq!(status(&body), 408, "{body}");
    assert!(started.elapsed() >= Duration::from_secs(9));
}

#[tokio::test]
async fn a_connection_is_kept_between_requests_for_longer_than_a_header_may_take() {
    let served = Served::new().await;
    let mut stream = served.connect().await;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", served.port);
    let mut buffer = [0; 4096];
    for pause in [0, 11, 0] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..count].starts_with(b"HTTP/1.1 200"), "after {pause} s");
    }
}

#[tokio::test]
async fn one_source_holds_256_connections_and_is_told_of_the_next() {
    let served = Served::new().await;
    let mut held = Vec::new();
    for _ in 0..256 {
        held.push(served.connect().await);
    }
    let mut surplus = served.connect().await;
    let answer = rest_of(&mut surplus).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Retry-After") && is_guarded(&answer), "{answer}");
    drop(held);
    for _ in 0..100 {
        if status(&served.ask("GET /healthz HTTP/1.1", b"").await) == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("those who left hold their places");
}
