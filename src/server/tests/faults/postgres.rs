//! A PostgreSQL that restarts, hangs, or lets nobody in. `TEST_DATABASE_URL` says where one is.

use super::people::{easily, eventually, log_in, me, register, token, works_again};
use super::program::{Server, program};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

const ADA: &str = "ada@example.test";

#[expect(clippy::disallowed_methods, reason = "tells the tests where PostgreSQL is")]
fn cluster() -> Option<url::Url> {
    let url = std::env::var("TEST_DATABASE_URL").ok();
    if url.is_none() {
        println!("skipped: TEST_DATABASE_URL names no PostgreSQL");
    }
    url.map(|url| url.parse().unwrap())
}

/// A database of its own in the cluster of the tests.
async fn fresh(cluster: &url::Url) -> (AnyConnection, url::Url, String) {
    sqlx::any::install_default_drivers();
    let mut operator = AnyConnection::connect(cluster.as_str()).await.unwrap();
    let name =
        format!("faults_{}", TempDir::new().unwrap().path().file_name().unwrap().to_str().unwrap().replace('.', ""));
    let name = name.to_ascii_lowercase();
    operator.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let mut url = cluster.clone();
    url.set_path(&name);
    (operator, url, name)
}

fn serve(folder: &TempDir, url: &url::Url) -> Server {
    let mut program = easily(program(folder.path()));
    program.env("SEKISHO_DATABASE_URL", url.as_str());
    Server::start_as(program)
}

/// Nothing can be read either: every answer says when to come back, and none is a fault of ours.
fn is_away(server: &Server, token: &str) {
    // What was found in this second may be answered from memory.
    std::thread::sleep(Duration::from_millis(1100));
    let tells = |reply: super::program::Reply| assert!(reply.says_come_back(), "{reply:?} {}", server.log());
    std::thread::scope(|scope| {
        scope.spawn(|| tells(log_in(server, ADA)));
        scope.spawn(|| tells(me(server, token)));
        scope.spawn(|| tells(register(server, "eve@example.test")));
        tells(server.get("/readyz"));
        assert_eq!(server.get("/healthz").status, 200);
    });
}

const OPEN: u8 = 0;
const REFUSES: u8 = 1;
const HANGS: u8 = 2;

/// Stands between a server and its database, as a network does.
struct Line {
    address: SocketAddr,
    state: Arc<AtomicU8>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    fn to(database: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let line = Self { address, state: Arc::default(), streams: Arc::default() };
        let (state, streams) = (Arc::clone(&line.state), Arc::clone(&line.streams));
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if state.load(Ordering::SeqCst) == REFUSES {
                    continue;
                }
                let far = TcpStream::connect(&database).unwrap();
                streams.lock().unwrap().extend([near.try_clone().unwrap(), far.try_clone().unwrap()]);
                for (from, to) in [(near.try_clone().unwrap(), far.try_clone().unwrap()), (far, near)] {
                    let state = Arc::clone(&state);
                    std::thread::spawn(move || carry(from, to, &state));
                }
            }
        });
        line
    }

    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
        if state != HANGS {
            for stream in self.streams.lock().unwrap().drain(..) {
                stream.shutdown(Shutdown::Both).unwrap_or_default();
            }
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, state: &AtomicU8) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return to.shutdown(Shutdown::Both);
        }
        while state.load(Ordering::SeqCst) == HANGS {
            std::thread::sleep(Duration::from_millis(20));
        }
        to.write_all(&bytes[..count])?;
    }
}

#[tokio::test]
async fn a_postgresql_that_goes_away_and_comes_back_is_told_as_such_and_needs_no_restart() {
    let Some(cluster) = cluster() else { return };
    let (_operator, mut url, _) = fresh(&cluster).await;
    let line = Line::to(format!("{}:{}", cluster.host_str().unwrap(), cluster.port().unwrap_or(5432)));
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(line.address.port())).unwrap();
    let folder = TempDir::new().unwrap();
    let server = serve(&folder, &url);
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    for state in [REFUSES, HANGS] {
        line.set(state);
        is_away(&server, &token);
        line.set(OPEN);
        eventually("a log-in succeeds again", || log_in(&server, ADA).status == 200);
        assert_eq!(me(&server, &token).status, 200);
    }
    // Cut amid requests, again and again: done or not done, never half.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let logins: Vec<_> =
            (0..4).map(|_| scope.spawn(|| (0..6).map(|_| log_in(&server, ADA).status).collect::<Vec<_>>())).collect();
        for _ in 0..8 {
            line.set(OPEN);
            std::thread::sleep(Duration::from_millis(60));
        }
        logins.into_iter().flat_map(|login| login.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| [200, 503].contains(status)), "{statuses:?} {}", server.log());
    works_again(&server);
}

#[tokio::test]
async fn a_postgresql_that_lets_nobody_in_is_told_as_such_and_needs_no_restart() {
    let Some(cluster) = cluster() else { return };
    let (mut operator, url, name) = fresh(&cluster).await;
    let folder = TempDir::new().unwrap();
    let server = serve(&folder, &url);
    assert_eq!(register(&server, ADA).status, 201);
    let token = token(&server, ADA);
    let allow = |allowed: bool| AssertSqlSafe(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"));
    operator.execute(allow(false)).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = '{name}'");
    operator.execute(AssertSqlSafe(end)).await.unwrap();
    is_away(&server, &token);
    operator.execute(allow(true)).await.unwrap();
    works_again(&server);
    assert_eq!(me(&server, &token).status, 200);
}
