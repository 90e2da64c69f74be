//! People who log in by the API, and what they must see while the database is in trouble.

use super::program::{PASSWORD, Reply, Server, program};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A server that asks for no second factor: a password then opens a session at once.
pub fn easy(folder: &Path) -> Server {
    Server::start_as(easily(program(folder)))
}

/// The same server started anew, where it was: its tokens name its address.
pub fn easy_again(folder: &Path, address: &str) -> Server {
    let mut program = easily(program(folder));
    program.env("SEKISHO_LISTEN", address);
    Server::start_as(program)
}

/// Sets a program up so.
pub fn easily(mut program: Command) -> Command {
    program.env("SEKISHO_SECOND_FACTOR", "optional");
    program
}

pub fn register(server: &Server, email: &str) -> Reply {
    let body = format!("{{\"email\":\"{email}\",\"password\":\"{PASSWORD}\"}}");
    server.ask("POST /auth/register", "Content-Type: application/json\r\n", &body)
}

pub fn log_in(server: &Server, email: &str) -> Reply {
    let form = format!("username={email}&password={}", PASSWORD.replace(' ', "+"));
    server.ask("POST /auth/jwt/login", FORM, &form)
}

/// A token of a login that succeeded.
pub fn token(server: &Server, email: &str) -> String {
    let reply = log_in(server, email);
    assert_eq!(reply.status, 200, "{reply:?} {}", server.log());
    reply.body.split('"').nth(3).unwrap().to_owned()
}

pub fn me(server: &Server, token: &str) -> Reply {
    server.ask("GET /users/me", &format!("Authorization: Bearer {token}\r\n"), "")
}

/// Waits until `holds`, ten seconds at most.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a server in trouble that can read and cannot write owes to people: refusals that say when to come
/// back, in the shapes of pages and API, nothing half done, and reading as ever. Ada has logged in before.
pub fn refuses_writes_and_reads_on(server: &Server, token: &str, tries: usize) {
    std::thread::scope(|scope| {
        // All at once: who waits for the database in vain waits five seconds.
        for _ in 0..tries {
            scope.spawn(|| refuses_writes(server));
        }
        let started = Instant::now();
        assert_eq!(me(server, token).status, 200, "{}", server.log());
        assert_eq!(server.get("/login").status, 200);
        assert_eq!(server.get("/healthz").status, 200);
        assert!(started.elapsed() < Duration::from_secs(3), "who reads does not wait for who writes");
        let ready = server.get("/readyz");
        assert!(ready.says_come_back() && ready.body.starts_with("not ready: "), "{ready:?}");
    });
}

fn refuses_writes(server: &Server) {
    const FETCH: &str = "Accept: application/json\r\n";
    const PAGE: &str = "Accept: text/html\r\n";
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let refused = log_in(server, "ada@example.test");
            assert!(refused.says_come_back(), "{refused:?} {}", server.log());
            assert_eq!(refused.body, "{\"detail\":\"Service Unavailable\"}");
        });
        scope.spawn(|| assert!(register(server, "eve@example.test").says_come_back()));
        let form = format!("email=ada%40example.test&password={}&next=", PASSWORD.replace(' ', "+"));
        let send = move |accept: &str| server.ask("POST /fn/login", &format!("{accept}{FORM}"), &form);
        let send_fetch = send.clone();
        scope.spawn(move || {
            let fetched = send_fetch(FETCH);
            let is_problem = ["\"Unavailable\"", "\"Busy\""].contains(&fetched.body.as_str());
            assert!(fetched.says_come_back() && is_problem, "{fetched:?}");
        });
        scope.spawn(move || {
            let page = send(PAGE);
            assert!(page.status == 303 && page.head.contains("location: /login"), "{page:?}");
        });
    });
}

/// What it owes them afterwards.
pub fn works_again(server: &Server) {
    eventually("a log-in succeeds again", || log_in(server, "ada@example.test").status == 200);
    eventually("it is ready again", || server.get("/readyz").status == 200);
    assert_eq!(register(server, "eve@example.test").status, 201, "nothing was left half done: {}", server.log());
}
