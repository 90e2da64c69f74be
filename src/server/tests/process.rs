//! The program itself: how it starts, what it says when it cannot, what survives its end.
//! A binary of its own, because it needs the built program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "program.rs"]
mod program;

use program::{PASSWORD, Server, program, refusal, run};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// SIGTERM; the answer of `/readyz` while a request is still under way, and the exit code.
fn stop_amid_a_request(mut server: Server) -> (u16, Option<i32>) {
    let body = "email=eve%40example.test&password=lamps+over+the+gate";
    let mut slow = TcpStream::connect(&server.address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (first, second) = body.split_at(9);
    write!(
        slow,
        "POST /fn/register HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first}",
        server.address,
        body.len()
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.signal(rustix::process::Signal::TERM);
    std::thread::sleep(Duration::from_millis(300));
    let ready = server.get("/readyz").status;
    write!(slow, "{second}").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "a request under way is finished: {answer}");
    (ready, server.child.wait().unwrap().code())
}

#[test]
fn the_first_start_makes_everything_and_says_what_to_do_next() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path());
    assert!(server.greeting.contains(&format!("Next: open http://{}/register", server.address)), "{}", server.greeting);
    assert!(server.greeting.contains(folder.path().join("data").to_str().unwrap()));
    for file in ["data/master.key", "data/sekisho.db"] {
        let mode = std::os::unix::fs::PermissionsExt::mode(&folder.path().join(file).metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn an_acknowledged_account_survives_a_kill_and_nothing_secret_was_logged() {
    let folder = TempDir::new().unwrap();
    let form = format!("email=ada%40example.test&password={}", PASSWORD.replace(' ', "+"));
    let server = Server::start(folder.path());
    let answer = server.post("/fn/register", &form);
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = server.post("/fn/login", "email=ada%40example.test&password=canary+wrong+one&next=");
    assert_eq!(answer.status, 400, "{answer:?}");
    let mut log = server.kill();

    let server = Server::start(folder.path());
    let answer = server.post("/fn/login", &format!("{form}&next="));
    assert_eq!(answer.status, 200, "{answer:?}");
    log += &server.kill();
    assert!(log.contains("password_refused"), "the log tells what happened: {log}");
    for secret in ["canary", "ada@example.test", "__Host-"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn a_stopped_server_finishes_what_is_under_way_says_so_and_leaves_a_tidy_database() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(stop_amid_a_request(server), (503, Some(0)));
    assert!(!folder.path().join("data/sekisho.db-wal").exists(), "the log was checkpointed");
}

#[test]
fn a_port_in_use_is_a_sentence_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refusal(program(folder.path()).env("SEKISHO_LISTEN", &address));
    assert!(said.starts_with(&format!("SEKISHO_LISTEN: {address} cannot be served")), "{said}");
    assert!(!folder.path().join("data/sekisho.db").exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_a_sentence() {
    let folder = TempDir::new().unwrap();
    // Read-only for root too.
    let said = refusal(program(folder.path()).env("SEKISHO_DATA_DIR", "/proc/sekisho"));
    assert!(said.starts_with("SEKISHO_DATA_DIR: /proc/sekisho cannot be used"), "{said}");
    let said = refusal(program(folder.path()).env("SEKISHO_DATABASE_URL", "sqlite:/proc/sekisho.db"));
    assert!(said.starts_with("SEKISHO_DATABASE_URL: the database cannot be used"), "{said}");
    let said = refusal(program(folder.path()).env("SEKISHO_MASTER_KEY_FILE", "/proc/sekisho.key"));
    assert!(said.starts_with("SEKISHO_MASTER_KEY_FILE"), "{said}");
}

#[test]
fn plain_http_beyond_loopback_and_every_other_bad_setting_stop_the_start() {
    let folder = TempDir::new().unwrap();
    let mut program = program(folder.path());
    program.env("SEKISHO_PUBLIC_URL", "http://192.0.2.1").env("SEKISHO_REGISTRATION", "perhaps");
    let said = refusal(program.env("SEKISHO_TLS_KEY_FILE", "key.pem"));
    for name in ["SEKISHO_PUBLIC_URL", "SEKISHO_REGISTRATION", "SEKISHO_TLS_CERT_FILE"] {
        assert_eq!(said.lines().filter(|line| line.starts_with(name)).count(), 1, "{said}");
    }
}

#[test]
fn plain_http_behind_a_proxy_elsewhere_is_warned_about_once() {
    let folder = TempDir::new().unwrap();
    for (listen, wanted) in [("0.0.0.0:0", 1), ("127.0.0.1:0", 0)] {
        let mut program = program(folder.path());
        program.env("SEKISHO_PUBLIC_URL", "https://login.example.test").env("SEKISHO_LISTEN", listen);
        let mut child =
            program.env("SEKISHO_THROTTLE", "on").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let greeting = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        assert!(greeting.ends_with("https://login.example.test"), "{greeting}");
        child.kill().unwrap();
        child.wait().unwrap();
        let mut log = String::new();
        child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(log.matches("Plain http is served beyond this machine").count(), wanted, "{log}");
    }
}

#[test]
fn the_operator_makes_superusers_and_looks_after_accounts() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str], input: &str| run(folder.path(), arguments, input);
    let (root, second) = ("root@example.test", "second@example.test");
    let made = run(&["admin", "create", root], &format!("{PASSWORD}\n")).unwrap();
    assert!(made.starts_with("root@example.test may govern"), "{made}");
    assert!(run(&["admin", "create", root], PASSWORD).unwrap_err().contains("already"));
    assert!(run(&["admin", "create", second], "short").unwrap_err().contains("too short"));
    assert!(run(&["admin", "create", second, PASSWORD], "").is_err(), "a password is no argument");
    for command in ["disable", "delete"] {
        assert!(run(&["account", command, root], "").unwrap_err().contains("last superuser"), "{command}");
    }
    run(&["admin", "create", second], PASSWORD).unwrap();
    let listed = run(&["account", "list"], "").unwrap();
    assert_eq!(listed.lines().count(), 2);
    assert!(listed.lines().all(|line| line.ends_with("superuser  verified")), "{listed}");
    assert_eq!(run(&["account", "list", "second"], "").unwrap().lines().count(), 1);
    assert!(run(&["account", "disable", second], "").unwrap().contains("disabled"));
    assert!(!run(&["account", "enable", second], "").unwrap().contains("disabled"));
    assert!(run(&["account", "show", second], "").unwrap().contains("second factor: off"));
    assert!(run(&["account", "reset-second-factor", second], "").unwrap().contains("had no second factor"));
    assert!(run(&["account", "delete", second], "").unwrap().contains("deleted"));
    assert!(run(&["account", "show", second], "").unwrap_err().contains("no account"));
    assert!(run(&["keys", "rotate"], "").unwrap().contains("from now on"));
}

#[test]
fn the_history_is_chained_within_seconds_and_the_command_line_tells_if_somebody_changed_it() {
    let folder = TempDir::new().unwrap();
    let form = format!("email=ada%40example.test&password={}", PASSWORD.replace(' ', "+"));
    let server = Server::start(folder.path());
    assert_eq!(server.post("/fn/register", &form).status, 200);
    server.post("/fn/login", "email=ada%40example.test&password=canary+wrong+one&next=");
    let verified = || run(folder.path(), &["audit", "verify"], "");
    let all_chained = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(200));
        verified().is_ok_and(|said| said.starts_with("2 events are chained") && !said.contains("Not chained yet"))
    });
    assert!(all_chained, "{:?}", verified());
    let head = verified().unwrap().lines().last().unwrap().to_owned();
    assert!(run(folder.path(), &["audit", "verify", "--head", &head], "").is_ok());
    assert!(run(folder.path(), &["audit", "verify", "--head", "9:x"], "").unwrap_err().contains("not the history"));
    let exported = run(folder.path(), &["audit", "export", "--since", "2026-01-01"], "").unwrap();
    assert_eq!(exported.matches("\"what\":\"").count(), exported.lines().count(), "{exported}");
    assert!(exported.contains("password_refused") && exported.contains(&head[2..]), "{exported}");
    change(folder.path(), "UPDATE events SET kind = 'logged_in' WHERE kind = 'password_refused'");
    let said = verified().unwrap_err();
    assert!(said.contains("At position 2: event ") && said.contains("edited"), "{said}");
}

/// What somebody does to the database who is not Sekisho.
fn change(folder: &Path, statement: &'static str) {
    use sqlx::Connection;
    let url = format!("sqlite:{}", folder.join("data/sekisho.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
        assert_eq!(sqlx::query(statement).execute(&mut connection).await.unwrap().rows_affected(), 1);
        connection.close().await.unwrap();
    });
}

#[test]
fn a_new_master_key_is_put_to_use_through_kills_while_a_server_runs() {
    let folder = TempDir::new().unwrap();
    let form = format!("email=ada%40example.test&password={}&next=", PASSWORD.replace(' ', "+"));
    let server = Server::start(folder.path());
    assert_eq!(server.post("/fn/register", &form).status, 200);
    assert_eq!(server.post("/fn/login", &form).status, 200);
    for round in 0..12 {
        let arguments: &[&str] = if round < 6 { &["keys", "rotate", "--master"] } else { &["keys", "reencrypt"] };
        let mut child = program(folder.path());
        let mut child = child.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(20 + 25 * (round % 6)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(run(folder.path(), &["account", "list"], "").unwrap().contains("ada@example.test"), "{round}");
    }
    drop(run(folder.path(), &["keys", "rotate", "--master"], ""));
    let said = run(folder.path(), &["keys", "reencrypt"], "").unwrap();
    assert!(said.contains("is sealed under version"), "{said}");
    assert!(run(folder.path(), &["keys", "reencrypt", "--drop-old"], "").unwrap_err().contains("try again in"));
    assert_eq!(server.post("/fn/login", &form).status, 200, "the server went on");
    let log = server.kill();
    assert!(log.contains("sealed under another version"), "it took the version up: {log}");
    let server = Server::start(folder.path());
    assert_eq!(server.post("/fn/login", &form).status, 200);
    assert!(run(folder.path(), &["audit", "verify"], "").is_ok());
}

fn is_in(bytes: &[u8], word: &[u8]) -> bool {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == word[0]);
    starts.map(|(at, _)| &bytes[at..]).any(|rest| rest.starts_with(word))
}

/// Where `words` stand in the memory of a process; an error where it may not be looked into.
fn in_memory(process: u32, words: &[&[u8]]) -> std::io::Result<Vec<String>> {
    let memory = std::fs::File::open(format!("/proc/{process}/mem"))?;
    let mut found = Vec::new();
    for line in std::fs::read_to_string(format!("/proc/{process}/maps"))?.lines() {
        let (range, rest) = line.split_once(' ').unwrap();
        let (begin, end) = range.split_once('-').unwrap();
        let [begin, end] = [begin, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - begin).unwrap()];
        // What is no memory of its own cannot be read.
        if rest.starts_with("rw") && std::os::unix::fs::FileExt::read_exact_at(&memory, &mut bytes, begin).is_ok() {
            found.extend(words.iter().filter(|word| is_in(&bytes, word)).map(|_| line.to_owned()));
        }
    }
    Ok(found)
}

#[test]
fn five_seconds_after_a_login_nothing_of_the_password_is_in_memory() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path());
    let form = format!("email=ada%40example.test&password={}", PASSWORD.replace(' ', "+"));
    assert_eq!(server.post("/fn/register", &form).status, 200);
    for _ in 0..3 {
        assert_eq!(server.post("/fn/login", &format!("{form}&next=")).status, 200);
    }
    let words: [&[u8]; 2] = [b"lamps over the gate", b"lamps+over+the+gate"];
    // Only root may look at all. (The folder's name proves that this way of looking finds what is there.)
    let Ok(here) = in_memory(server.child.id(), &[folder.path().as_os_str().as_encoded_bytes()]) else { return };
    assert!(!here.is_empty());
    let until = std::time::Instant::now() + Duration::from_secs(5);
    loop {
        let found = in_memory(server.child.id(), &words).unwrap();
        if found.is_empty() {
            break;
        }
        assert!(std::time::Instant::now() < until, "the password is still in {found:?}");
        std::thread::sleep(Duration::from_millis(500));
    }
}
