//! The hashing lane: threads that only hash, so that logins never starve pages.
//!
//! One thread per core, each keeping its own memory, scheduled `SCHED_IDLE`: they run when
//! nothing else wants to. Before them stands a queue of 64; who finds it full or waits five
//! seconds is told to come back. (tokio's blocking pool would be 512 threads of 19 MiB.)
//! A thread that finds nothing to do for a second gives its memory back.

use super::hash::{Workspace, nobodys};
use super::pulse::Pulse;
use super::{Choice, HashParams, Implementation};
use crate::model::Problem;
use crate::server::failure::Failure;
use crate::server::turnstile::step_aside;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
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

enum Task {
    Hash(Zeroizing<String>, oneshot::Sender<Result<String, String>>),
    Verify(Zeroizing<String>, String, oneshot::Sender<Result<bool, String>>),
}

/// A place before the threads, until its hash is done or nobody waits for it any more.
struct Place {
    _permit: OwnedSemaphorePermit,
}

/// Hands passwords to the hashing threads.
pub struct HashLane {
    places: Arc<Semaphore>,
    orders: flume::Sender<(Task, Place)>,
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
        let threads = threads.max(1);
        // As many as there are places.
        let (places, (orders, receiver)) = (Arc::new(Semaphore::new(QUEUE + threads)), flume::unbounded());
        let pulse = (priority == Priority::Idle).then(Pulse::start);
        let shop = Arc::new(Shop { orders: receiver, params, choice, implementation: OnceLock::new(), pulse });
        for number in 0..threads {
            let shop = Arc::clone(&shop);
            std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || shop.work())
                .map_err(|error| format!("a hashing thread did not start: {error}"))?;
        }
        Ok(Self { places, orders, params, dummy: nobodys(params)?, figures: LaneFigures::default() })
    }

    /// Refuses with [`Problem::Busy`] where there is no place now. Asked first, it spares whoever comes in
    /// vain, and everybody else, all other work. It keeps no place: guesses that are refused unhashed would
    /// take those of others.
    pub fn expect_place(&self) -> Result<(), Problem> {
        self.reserve().map(drop)
    }

    fn reserve(&self) -> Result<Place, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(|permit| Place { _permit: permit }).map_err(|_| {
            self.figures.refused.fetch_add(1, Ordering::Relaxed);
            Problem::Busy
        })
    }

    /// Hashes a password into a PHC string.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, Failure> {
        let (answer, wait) = oneshot::channel();
        self.order(Task::Hash(password, answer), wait).await
    }

    /// Compares a password with `stored`; where there is no account, does the same work
    /// against a hash of nobody's, else the faster answer tells who has one.
    pub async fn verify(&self, password: Zeroizing<String>, stored: Option<&str>) -> Result<Verdict, Failure> {
        let (answer, wait) = oneshot::channel();
        let phc = stored.unwrap_or(&self.dummy).to_owned();
        let is_right = self.order(Task::Verify(password, phc, answer), wait).await?;
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

    async fn order<T>(&self, task: Task, wait: oneshot::Receiver<Result<T, String>>) -> Result<T, Failure> {
        let place = self.reserve()?;
        step_aside();
        let (_waiting, asked) = (Waiting::new(&self.figures), Instant::now());
        let answer = match self.orders.send((task, place)) {
            Ok(()) => answer_in_time(wait).await,
            Err(_) => Err(Failure::broken("the hashing threads ended")),
        };
        match &answer {
            Err(Failure::Refused(_)) => self.figures.refused.fetch_add(1, Ordering::Relaxed),
            _ => self.figures.done.fetch_add(1, Ordering::Relaxed),
        };
        let time_us = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.figures.time_us.fetch_add(time_us, Ordering::Relaxed);
        answer
    }
}

async fn answer_in_time<T>(wait: oneshot::Receiver<Result<T, String>>) -> Result<T, Failure> {
    // A receiver dropped here makes its order stale: the thread skips it.
    let answer = tokio::time::timeout(MAX_WAIT, wait).await.map_err(|_| Problem::Busy)?;
    let answer = answer.map_err(|_| Failure::broken("a hashing thread ended"))?;
    answer.map_err(|cause| Failure::Broken(cause.into()))
}

/// What the threads share.
struct Shop {
    orders: flume::Receiver<(Task, Place)>,
    params: HashParams,
    choice: Choice,
    implementation: OnceLock<Implementation>,
    /// Where the threads run behind everything else.
    pulse: Option<Pulse>,
}

impl Shop {
    fn work(&self) {
        if self.pulse.is_some() {
            yield_to_everything_else();
        }
        // Proved here, where it delays no start: only logins wait for it.
        let implementation = self.implementation.get_or_init(|| Implementation::choose(self.choice, self.params));
        let mut workspace = Workspace::new(*implementation);
        while let Some((task, _place)) = self.next(&mut workspace) {
            match task {
                Task::Hash(_, answer) if answer.is_closed() => {}
                Task::Verify(_, _, answer) if answer.is_closed() => {}
                Task::Hash(password, answer) => {
                    drop(answer.send(self.attentively(|| workspace.hash(password.as_bytes(), self.params))));
                }
                Task::Verify(password, phc, answer) => {
                    drop(answer.send(self.attentively(|| workspace.verify(password.as_bytes(), &phc))));
                }
            }
        }
    }

    fn attentively<T>(&self, hash: impl FnOnce() -> T) -> T {
        match &self.pulse {
            Some(pulse) => pulse.during(hash),
            None => hash(),
        }
    }

    /// Waits for an order.
    fn next(&self, workspace: &mut Workspace) -> Option<(Task, Place)> {
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
    async fn a_full_queue_says_come_back_and_whoever_left_makes_room() {
        let lane = Arc::new(lane(1, HashParams { passes: 20, ..HashParams::FLOOR }));
        let logins: Vec<_> = (0..=QUEUE)
            .map(|_| {
                let lane = Arc::clone(&lane);
                tokio::spawn(async move { lane.verify(secret("x"), None).await })
            })
            .collect();
        // One turn of the runtime is not enough for all of them.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert_eq!(lane.expect_place().err(), Some(Problem::Busy), "a place is kept until its hash is done");
        assert!(matches!(lane.verify(secret("x"), None).await, Err(Failure::Refused(Problem::Busy))));
        for login in &logins {
            login.abort();
        }
        // The one at work is finished; the others are skipped.
        while lane.expect_place().is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        lane.verify(secret("x"), None).await.unwrap();
    }
}
