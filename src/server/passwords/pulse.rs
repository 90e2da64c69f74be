//! Keeps processors that hash attentive.
//!
//! Whoever becomes ready while a processor hashes has it told by an interrupt to switch. On a virtual machine
//! that interrupt may come late, and the hash runs on until the next tick of the clock, for up to 4 ms
//! (measured: docs/security-report.md, Guessing). So while there is hashing a thread of each processor wakes
//! up again and again: its timer interrupts just there, and the processor looks who else waits.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{Builder, Thread, park, sleep};
use std::time::Duration;

/// A hundred times as long as a waking takes, a quarter of a tick. Twice as often made no page quicker.
const INTERVAL: Duration = Duration::from_millis(1);

/// Wakes every processor up while one of them hashes. Its threads end when it is dropped.
pub(super) struct Pulse {
    heart: Arc<Heart>,
    threads: Vec<Thread>,
}

#[derive(Default)]
struct Heart {
    /// Hashes under way.
    hashes: AtomicUsize,
    beats: AtomicU64,
    is_over: AtomicBool,
}

impl Pulse {
    /// Starts a thread on each processor that this process may use. Without one hashing goes on all the same.
    pub fn start() -> Self {
        let heart = Arc::new(Heart::default());
        let processors = processors().unwrap_or_else(|error| {
            tracing::warn!(%error, "Which processors there are is unknown: pages may wait for hashes.");
            Vec::new()
        });
        let threads = processors.into_iter().filter_map(|processor| {
            let heart = Arc::clone(&heart);
            let thread = Builder::new().name("pulse".into()).spawn(move || heart.beat_on(processor));
            thread.map(|thread| thread.thread().clone()).inspect_err(not_started).ok()
        });
        Self { threads: threads.collect(), heart }
    }

    /// Does `work`, and keeps the processors attentive meanwhile.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let _hash = Hash::begin(self);
        work()
    }

    fn wake(&self) {
        self.threads.iter().for_each(Thread::unpark);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.heart.is_over.store(true, Ordering::SeqCst);
        self.wake();
    }
}

/// A hash under way; it ends when this is dropped.
struct Hash<'a>(&'a Heart);

impl<'a> Hash<'a> {
    fn begin(pulse: &'a Pulse) -> Self {
        if pulse.heart.hashes.fetch_add(1, Ordering::SeqCst) == 0 {
            pulse.wake();
        }
        Self(&pulse.heart)
    }
}

impl Drop for Hash<'_> {
    fn drop(&mut self) {
        self.0.hashes.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Heart {
    fn beat_on(&self, processor: usize) {
        let mut here = CpuSet::new();
        here.set(processor);
        if let Err(error) = sched_setaffinity(None, &here) {
            return not_started(&error.into());
        }
        while !self.is_over.load(Ordering::SeqCst) {
            if self.hashes.load(Ordering::SeqCst) == 0 {
                park();
            } else {
                sleep(INTERVAL);
                self.beats.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn processors() -> rustix::io::Result<Vec<usize>> {
    let ours = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU).filter(|number| ours.is_set(*number)).collect())
}

fn not_started(error: &std::io::Error) {
    tracing::warn!(%error, "A processor is not kept attentive: pages may wait for hashes.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_woken_while_there_is_hashing_and_left_alone_afterwards() {
        let pulse = Pulse::start();
        let beats = || pulse.heart.beats.load(Ordering::Relaxed);
        assert_eq!(pulse.threads.len(), processors().unwrap().len());
        sleep(Duration::from_millis(20));
        assert_eq!(beats(), 0, "nobody hashes yet");
        for _ in 0..3 {
            let before = beats();
            pulse.during(|| {
                while beats() < before + 20 {
                    sleep(Duration::from_millis(1));
                }
            });
            // Each thread may be about to wake up once more.
            let most = beats() + pulse.threads.len() as u64;
            sleep(Duration::from_millis(20));
            assert!(beats() <= most, "nobody hashes any more");
        }
    }

    #[test]
    fn its_threads_end_with_it() {
        let pulse = Pulse::start();
        let heart = Arc::downgrade(&pulse.heart);
        drop(pulse);
        while heart.strong_count() > 0 {
            sleep(Duration::from_millis(1));
        }
    }
}
