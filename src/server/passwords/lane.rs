//! The hashing lane: threads that only hash, so that logins never starve pages.
//!
//! One thread per core, each keeping its own memory, scheduled `SCHED_IDLE`: they run when
//! nothing else wants to. Before them stands a queue of 64; who finds it full or waits five
//! seconds is told to come back. (tokio's blocking pool would be 512 threads of 19 MiB.)
//! A thread that finds nothing to do for a second gives its memory back.

use super::hash::{Workspace, nobodys};
use super::{Choice, HashParams, Implementation};
use crate::model::Problem;
use crate::server::failure::Failure;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

const QUEUE: usize = 64;
const MAX_WAIT: Duration = Duration::from_secs(5);
/// What a hash leaves in memory makes guesses at its password cheap: it is overwritten by the next one, or
/// given back after this time. (To erase it after each would take a twelfth of the time of a hash.)
const MEMORY_LASTS: Duration = Duration::from_secs(1);

/// When the hashing threads run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// When nothing else on the machine wants to: a flood of logins slows no page.
    Idle,
    /// Like everything else: for machines whose neighbours are never idle.
    Normal,
}

/// What comparing a password with a stored hash found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
}

enum Order {
    Hash(Zeroizing<String>, oneshot::Sender<Result<String, String>>),
    Verify(Zeroizing<String>, String, oneshot::Sender<Result<bool, String>>),
}

/// Hands passwords to the hashing threads.
pub struct HashLane {
    orders: flume::Sender<Order>,
    params: HashParams,
    dummy: String,
    figures: LaneFigures,
}

/// How busy the lane is and was.
#[derive(Default)]
pub struct LaneFigures {
    /// Orders that wait or are worked on.
    pub waiting: AtomicU64,
    pub done: AtomicU64,
    /// Orders that found no room or waited too long.
    pub refused: AtomicU64,
    /// Microseconds from order to answer, of all that were done.
    pub time_us: AtomicU64,
}

/// Counts an order as waiting for as long as its client is there.
struct Waiting<'a>(&'a LaneFigures);

impl<'a> Waiting<'a> {
    fn new(figures: &'a LaneFigures) -> Self {
        figures.waiting.fetch_add(1, Ordering::Relaxed);
        Self(figures)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl HashLane {
    /// Starts `threads` hashing threads; they end when the lane is dropped.
    pub fn start(threads: usize, params: HashParams, priority: Priority, choice: Choice) -> Result<Self, String> {
        let (orders, receiver) = flume::bounded(QUEUE);
        let shop = Arc::new(Shop { orders: receiver, params, choice, implementation: OnceLock::new() });
        for number in 0..threads.max(1) {
            let shop = Arc::clone(&shop);
            std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || shop.work(priority))
                .map_err(|error| format!("a hashing thread did not start: {error}"))?;
        }
        Ok(Self { orders, params, dummy: nobodys(params)?, figures: LaneFigures::default() })
    }

    /// Hashes a password into a PHC string.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        let (answer, wait) = oneshot::channel();
        self.place(Order::Hash(password, answer), wait).await
    }

    /// Compares a password with `stored`; where there is no account, does the same work
    /// against a hash of nobody's, else the faster answer tells who has one.
    pub async fn verify(&self, password: Zeroizing<String>, stored: Option<&str>) -> Result<Verdict, Failure> {
        let (answer, wait) = oneshot::channel();
        let phc = stored.unwrap_or(&self.dummy).to_owned();
        let is_right = self.place(Order::Verify(password, phc, answer), wait).await?;
        Ok(if is_right && stored.is_some() { Verdict::Right } else { Verdict::Wrong })
    }

    /// True where `phc` was made with less than today's cost.
    pub fn is_outdated(&self, phc: &str) -> bool {
        HashParams::of(phc).is_some_and(|params| self.params.exceed(&params))
    }

    /// How busy it is and was.
    pub fn figures(&self) -> &LaneFigures {
        &self.figures
    }

    async fn place<T>(&self, order: Order, wait: oneshot::Receiver<Result<T, String>>) -> Result<T, Failure> {
        let (_waiting, asked) = (Waiting::new(&self.figures), Instant::now());
        let answer = self.answer_to(order, wait).await;
        match &answer {
            Err(Failure::Refused(_)) => self.figures.refused.fetch_add(1, Ordering::Relaxed),
            _ => self.figures.done.fetch_add(1, Ordering::Relaxed),
        };
        let time_us = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.figures.time_us.fetch_add(time_us, Ordering::Relaxed);
        answer
    }

    async fn answer_to<T>(&self, order: Order, wait: oneshot::Receiver<Result<T, String>>) -> Result<T, Failure> {
        self.orders.try_send(order).map_err(|_| Problem::Busy)?;
        // A receiver dropped here makes its order stale: the thread skips it.
        let answer = tokio::time::timeout(MAX_WAIT, wait).await.map_err(|_| Problem::Busy)?;
        let answer = answer.map_err(|_| Failure::broken("a hashing thread ended"))?;
        answer.map_err(|cause| Failure::Broken(cause.into()))
    }
}

/// What the threads share.
struct Shop {
    orders: flume::Receiver<Order>,
    params: HashParams,
    choice: Choice,
    implementation: OnceLock<Implementation>,
}

impl Shop {
    fn work(&self, priority: Priority) {
        if priority == Priority::Idle {
            yield_to_everything_else();
        }
        // Proved here, where it delays no start: only logins wait for it.
        let implementation = self.implementation.get_or_init(|| Implementation::choose(self.choice, self.params));
        let mut workspace = Workspace::new(*implementation);
        while let Some(order) = self.next(&mut workspace) {
            match order {
                Order::Hash(_, answer) if answer.is_closed() => {}
                Order::Verify(_, _, answer) if answer.is_closed() => {}
                Order::Hash(password, answer) => drop(answer.send(workspace.hash(password.as_bytes(), self.params))),
                Order::Verify(password, phc, answer) => drop(answer.send(workspace.verify(password.as_bytes(), &phc))),
            }
        }
    }

    /// Waits for an order.
    fn next(&self, workspace: &mut Workspace) -> Option<Order> {
        match self.orders.recv_timeout(MEMORY_LASTS) {
            Err(flume::RecvTimeoutError::Timeout) => {
                workspace.forget();
                self.orders.recv().ok()
            }
            order => order.ok(),
        }
    }
}

fn yield_to_everything_else() {
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let thread = thread_priority::thread_native_id();
    if let Err(error) = thread_priority::set_thread_priority_and_policy(thread, ThreadPriority::Min, policy) {
        tracing::warn!(?error, "Hashing threads could not be scheduled behind everything else.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    fn lane(threads: usize, params: HashParams) -> HashLane {
        HashLane::start(threads, params, Priority::Normal, Choice::RustCrypto).unwrap()
    }

    #[tokio::test]
    async fn an_unknown_account_costs_a_hash_and_is_never_right() {
        let lane = lane(1, HashParams::FLOOR);
        let verdict = lane.verify(secret("nobody has this password"), None).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
        assert!(lane.dummy.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn threads_hash_side_by_side() {
        let quick = HashParams { memory_kib: 8, passes: 1, lanes: 1 };
        let quick = Workspace::new(Implementation::RustCrypto).hash(b"x", quick).unwrap();
        let lane = Arc::new(lane(2, HashParams { passes: 20, ..HashParams::FLOOR }));
        let slow = Arc::clone(&lane);
        let slow = tokio::spawn(async move { slow.hash(secret("x")).await });
        tokio::task::yield_now().await;
        assert_eq!(lane.verify(secret("x"), Some(&quick)).await.unwrap(), Verdict::Right);
        assert!(!slow.is_finished(), "the second order waited for the first");
        slow.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_full_queue_says_come_back() {
        let lane = Arc::new(lane(1, HashParams::FLOOR));
        let logins: Vec<_> = (0..80)
            .map(|_| {
                let lane = Arc::clone(&lane);
                tokio::spawn(async move { lane.verify(secret("x"), None).await })
            })
            .collect();
        let mut refused = 0;
        for login in logins {
            if matches!(login.await.unwrap(), Err(Failure::Refused(Problem::Busy))) {
                refused += 1;
            }
        }
        assert!((1..80).contains(&refused), "{refused} of 80 were told to come back");
    }
}
