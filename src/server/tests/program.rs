//! The built program: started, asked, stopped, killed.

#![allow(dead_code, reason = "each of the binaries that take it in uses a part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

pub const PASSWORD: &str = "canary lamps over the gate";

/// The program with nothing but the settings of a test.
pub fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sekisho"));
    set(&mut program, folder);
    program
}

/// Gives a command the settings of a test, and nothing else.
pub fn set(program: &mut Command, folder: &Path) {
    program
        .env_clear()
        .env("SEKISHO_DATA_DIR", folder.join("data"))
        .env("SEKISHO_LISTEN", free_address())
        .env("SEKISHO_HASH_PRIORITY", "normal")
        .env("SEKISHO_THROTTLE", "off")
        .current_dir(folder);
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// What a start that must fail said on standard error.
pub fn refusal(program: &mut Command) -> String {
    let Output { status, stdout, stderr } = program.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len()), (Some(1), 0), "{said}");
    said
}

/// Runs a command with `input` piped in; what it said on either stream.
pub fn run(folder: &Path, arguments: &[&str], input: &str) -> Result<String, String> {
    let mut program = program(folder);
    program.args(arguments);
    run_as(program, input)
}

/// Runs a command that is set up already.
pub fn run_as(mut program: Command, input: &str) -> Result<String, String> {
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let said = |bytes| String::from_utf8(bytes).unwrap();
    if status.success() { Ok(said(stdout)) } else { Err(said(stderr)) }
}

/// A running server; killed with its owner.
pub struct Server {
    pub child: Child,
    pub address: String,
    pub greeting: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    fn of(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// True for a refusal that says when to come back.
    pub fn says_come_back(&self) -> bool {
        self.status == 503 && self.head.contains("\r\nretry-after: ")
    }
}

impl Server {
    pub fn start(folder: &Path) -> Self {
        Self::start_as(program(folder))
    }

    /// Starts a program that is set up already, and waits for its greeting.
    pub fn start_as(mut program: Command) -> Self {
        let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (errors, kept) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        // A full pipe would stop the server.
        let reader = std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting: Vec<String> = lines.by_ref().take(3).map(Result::unwrap).collect();
        let said = || panic!("no greeting; it said: {}", log.lock().unwrap());
        let address = greeting.first().unwrap_or_else(said).rsplit_once("http://").unwrap().1.to_owned();
        Self { child, address, greeting: greeting.join("\n"), log, reader: Some(reader) }
    }

    /// Sends a request without a `Host`, which is added; waits for its answer.
    pub fn ask(&self, request: &str, headers: &str, body: &str) -> Reply {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let (host, length) = (&self.address, body.len());
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        Reply::of(&String::from_utf8_lossy(&answer))
    }

    /// A form sent as a script would.
    pub fn post(&self, path: &str, form: &str) -> Reply {
        let headers = "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        self.ask(&format!("POST {path}"), headers, form)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.ask(&format!("GET {path}"), "", "")
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).unwrap();
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// SIGKILL: nothing is tidied up. Tells the whole log.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.reader.take().unwrap().join().unwrap();
        self.log()
    }

    /// SIGTERM; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal(rustix::process::Signal::TERM);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}
