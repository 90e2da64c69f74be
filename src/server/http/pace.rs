//! A connection that may not dawdle: ten seconds for a header, sixty between requests. hyper's own
//! timer knows one time for both.

use std::future::Future;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

const HEADER_TIME: Duration = Duration::from_secs(10);
const IDLE_TIME: Duration = Duration::from_secs(60);

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The first byte of another request, until then.
    Idle(Instant),
    /// The rest of a header, until then.
    Header(Instant),
    /// Our answer: whoever writes it has a time of its own.
    Answer,
}

/// Tells a [`Paced`] stream when requests begin and end.
#[derive(Clone)]
pub struct Pace(Arc<Mutex<Phase>>);

impl Pace {
    /// A connection just made: its first header is awaited.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Phase::Header(Instant::now() + HEADER_TIME))))
    }

    /// A whole header has come.
    pub fn begin_answer(&self) {
        self.set(Phase::Answer);
    }

    /// The answer is handed over; the next request is awaited.
    pub fn end_answer(&self) {
        self.set(Phase::Idle(Instant::now() + IDLE_TIME));
    }

    /// Bytes have come.
    fn note_bytes(&self) {
        let mut phase = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Header(Instant::now() + HEADER_TIME);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Phase::Idle(until) | Phase::Header(until) => Some(until),
            Phase::Answer => None,
        }
    }

    fn set(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// A stream whose reads fail when it dawdles.
pub struct Paced<S> {
    stream: S,
    pace: Pace,
    timer: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    pub fn new(stream: S, pace: Pace) -> Self {
        Self { stream, pace, timer: Box::pin(sleep_until(Instant::now())) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before {
                self.pace.note_bytes();
            }
            return read;
        }
        let Some(deadline) = self.pace.deadline() else { return Poll::Pending };
        if self.timer.deadline() != deadline {
            self.timer.as_mut().reset(deadline);
        }
        match self.timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "the client dawdles"))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }
}
