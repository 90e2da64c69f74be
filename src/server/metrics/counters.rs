//! What is counted while the server runs. From nothing again at each start, as Prometheus expects.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counters of one thing, by its labels. Labels come from closed lists of ours: they stay few.
#[derive(Default)]
pub struct Counters<const N: usize>(Mutex<BTreeMap<[&'static str; N], u64>>);

impl<const N: usize> Counters<N> {
    /// One more.
    pub fn add(&self, labels: [&'static str; N]) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(labels).or_default() += 1;
    }

    /// What was counted, in the order of labels.
    pub fn read(&self) -> Vec<([&'static str; N], u64)> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.iter().map(|(labels, count)| (*labels, *count)).collect()
    }
}

/// Everything counted.
#[derive(Default)]
pub struct Metrics {
    /// By class of route and class of status.
    pub requests: Counters<2>,
    /// Time spent on requests, by class of route.
    pub request_time: Mutex<BTreeMap<&'static str, Duration>>,
    /// By kind: what happened to accounts, and passwords refused for addresses without one.
    pub events: Counters<1>,
    /// Refused attempts by the counter that refused.
    pub throttled: Counters<1>,
}

impl Metrics {
    /// Counts a request that was answered.
    pub fn count_request(&self, route: &'static str, status: u16, time: Duration) {
        let class = match status {
            100..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            429 => "429",
            400..=499 => "4xx",
            503 => "503",
            _ => "5xx",
        };
        self.requests.add([route, class]);
        *self.request_time.lock().unwrap_or_else(PoisonError::into_inner).entry(route).or_default() += time;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_class() {
        let metrics = Metrics::default();
        for status in [200, 204, 429, 404, 503, 500] {
            metrics.count_request("api", status, Duration::from_millis(5));
        }
        let counted: Vec<_> = metrics.requests.read().into_iter().map(|([_, class], count)| (class, count)).collect();
        assert_eq!(counted, [("2xx", 2), ("429", 1), ("4xx", 1), ("503", 1), ("5xx", 1)]);
        assert_eq!(metrics.request_time.lock().unwrap()["api"], Duration::from_millis(30));
    }
}
