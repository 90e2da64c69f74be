//! What the loop that reads requests from sockets lets through, and for how long.

use super::TestApp;
use crate::server::config::Networks;
use crate::server::http::{self, BackRow, Behind, Door, Web};
use crate::server::services::Services;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Longer than every time-out, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(40);

/// May hold any number of connections.
const PROXY: &str = "127.0.0.3";

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
        Self::of(http::web).await
    }

    async fn of(web: impl FnOnce(Arc<Services>, Option<BackRow>) -> Web) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = TestApp::with(&[("SEKISHO_LISTEN", &format!("127.0.0.1:{port}"))]).await;
        let behind = Behind::Web(web(Arc::clone(&app.services), Some(BackRow::open().unwrap())));
        let proxies = Networks::new(vec![PROXY.parse().unwrap()]);
        let door = Door { behind, tls: None, proxies };
        let task = tokio::spawn(http::serve(listener, door, std::future::pending()));
        Self { app, port, task }
    }

    async fn connect(&self) -> TcpStream {
        self.connect_from("127.0.0.1").await
    }

    async fn connect_from(&self, source: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
        socket.connect(([127, 0, 0, 1], self.port).into()).await.unwrap()
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
            behind: Behind::Metrics(http::metrics_router(Arc::clone(&served.app.services))),
            tls: None,
            proxies: Networks::default(),
        },
    );
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
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

/// The niceness of this thread.
fn niceness() -> i32 {
    rustix::process::getpriority_process(None).unwrap()
}

/// Routes that tell the niceness of the thread that works on them.
async fn of_niceness() -> Served {
    let tell = async || niceness().to_string();
    Served::of(|services, row| Web::new(Router::new().route("/", get(tell).post(tell)), services, row)).await
}

/// What such a route says on `connection`, which stays open.
async fn told(served: &Served, connection: &mut TcpStream, method: &str) -> i32 {
    let request = format!("{method} / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\r\n", served.port);
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = [0; 4096];
    let count = connection.read(&mut buffer).await.unwrap();
    let answer = String::from_utf8_lossy(&buffer[..count]);
    answer.rsplit('\n').next().unwrap().parse().unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn whoever_comes_with_many_connections_is_served_by_threads_that_make_way() {
    let (served, usual) = (of_niceness().await, niceness());
    let lower = (usual + 10).min(19);
    let mut held = Vec::new();
    for nth in 1..=20 {
        let wanted = [("127.0.0.1", if nth <= 6 { usual } else { lower }), (PROXY, usual)];
        for (source, wanted) in wanted {
            let mut connection = served.connect_from(source).await;
            assert_eq!(told(&served, &mut connection, "GET").await, wanted, "the {nth}th of {source}");
            held.push(connection);
        }
    }
    let mut other = served.connect_from("127.0.0.2").await;
    assert_eq!(told(&served, &mut other, "GET").await, usual, "somebody else");
    drop(held);
    for _ in 0..100 {
        if told(&served, &mut served.connect().await, "GET").await == usual {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("those who left keep it in the back row");
}

#[tokio::test]
async fn what_changes_something_is_worked_on_by_threads_that_make_way() {
    let (served, usual) = (of_niceness().await, niceness());
    let mut connection = served.connect().await;
    for (method, wanted) in [("GET", usual), ("POST", (usual + 10).min(19)), ("GET", usual)] {
        assert_eq!(told(&served, &mut connection, method).await, wanted, "{method}");
    }
}

#[tokio::test]
async fn whoever_hangs_up_is_not_worked_for_any_longer() {
    let (begun, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell_begun, tell_ended) = (Arc::clone(&begun), Arc::clone(&ended));
    let work = async move || {
        struct Dropped(Arc<Notify>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.notify_one();
            }
        }
        let _dropped = Dropped(Arc::clone(&tell_ended));
        tell_begun.notify_one();
        std::future::pending::<()>().await;
    };
    let served = Served::of(|services, row| Web::new(Router::new().route("/", post(work)), services, row)).await;
    let mut connection = served.connect().await;
    let request = format!("POST / HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: 0\r\n\r\n", served.port);
    connection.write_all(request.as_bytes()).await.unwrap();
    begun.notified().await;
    drop(connection);
    tokio::time::timeout(Duration::from_secs(10), ended.notified()).await.expect("the work goes on for nobody");
}
