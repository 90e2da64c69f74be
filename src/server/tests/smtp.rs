//! A mail server that fails when it is told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What one connection does instead of taking a message.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Says this to the recipient.
    Answer(&'static str),
    /// Says nothing at all.
    Hang,
    /// Closes at once.
    Drop,
    /// Takes the message and closes before it says so.
    TakeAndDrop,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub mail: String,
}

/// The server; gone when it is dropped.
pub struct Smtp {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
    task: JoinHandle<()>,
}

impl Smtp {
    pub async fn start() -> Self {
        Self::start_at(0, None).await
    }

    pub async fn start_at(port: u16, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (taken, faults) = (Arc::default(), Arc::default());
        let task = tokio::spawn(serve(listener, tls, Arc::clone(&taken), Arc::clone(&faults)));
        Self { port, taken, faults, task }
    }

    /// The next connections fail like this.
    pub fn fail(&self, faults: &[Fault]) {
        self.faults.lock().unwrap().extend(faults);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SEKISHO_SMTP_URL", format!("smtp://127.0.0.1:{}", self.port)),
            ("SEKISHO_MAIL_FROM", "Sekisho <login@example.org>".to_owned()),
        ]
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    taken: Arc<Mutex<Vec<Taken>>>,
    faults: Arc<Mutex<VecDeque<Fault>>>,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let fault = faults.lock().unwrap().pop_front();
        let (tls, taken) = (tls.clone(), Arc::clone(&taken));
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        drop(talk(stream, fault, &taken).await);
                    }
                }
                None => drop(talk(stream, fault, &taken).await),
            }
        });
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    fault: Option<Fault>,
    taken: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    match fault {
        Some(Fault::Drop) => return Ok(()),
        Some(Fault::Hang) => std::future::pending().await,
        _ => stream.write_all(b"220 test ESMTP\r\n").await?,
    }
    let mut message = Taken { from: String::new(), to: String::new(), mail: String::new() };
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match (line.get(..4).unwrap_or_default(), fault) {
            ("EHLO", _) => "250-test\r\n250 AUTH PLAIN",
            ("RCPT", Some(Fault::Answer(answer))) => answer,
            ("MAIL", _) => {
                message.from = line;
                "250 ok"
            }
            ("RCPT", _) => {
                message.to = line;
                "250 ok"
            }
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await?;
                message.mail = data(&mut stream).await?;
                taken.lock().unwrap().push(message.clone());
                if matches!(fault, Some(Fault::TakeAndDrop)) {
                    return Ok(());
                }
                "250 taken"
            }
            ("QUIT", _) => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn data(stream: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
