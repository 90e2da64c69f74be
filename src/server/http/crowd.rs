//! How many connections there are, in all and of one source.

use crate::server::config::Networks;
use crate::server::limits::source;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

const MOST: usize = 4096;
const MOST_OF_ONE_SOURCE: usize = 256;
/// As many as a browser opens.
const FRONT_OF_ONE_SOURCE: usize = 6;

/// The connections there are.
#[derive(Default)]
pub struct Crowd(Mutex<Count>);

#[derive(Default)]
struct Count {
    all: usize,
    sources: HashMap<String, usize>,
}

impl Crowd {
    /// Room for one more connection; `None` if there is none. Proxies of ours bring the
    /// connections of many.
    pub fn seat(self: &Arc<Self>, peer: IpAddr, proxies: &Networks) -> Option<Seat> {
        let source = (!proxies.contain(peer)).then(|| source(&peer.to_string()));
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if count.all >= MOST {
            return None;
        }
        let mut is_front = true;
        if let Some(source) = &source {
            let of_source = count.sources.entry(source.clone()).or_default();
            if *of_source >= MOST_OF_ONE_SOURCE {
                return None;
            }
            *of_source += 1;
            is_front = *of_source <= FRONT_OF_ONE_SOURCE;
        }
        count.all += 1;
        Some(Seat { crowd: Arc::clone(self), source, is_front })
    }

    fn leave(&self, source: Option<&String>) {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.all = count.all.saturating_sub(1);
        let Some(source) = source else { return };
        if let Some(of_source) = count.sources.get_mut(source) {
            *of_source = of_source.saturating_sub(1);
            if *of_source == 0 {
                count.sources.remove(source);
            }
        }
    }
}

/// The place of one connection, free again when it is dropped.
pub struct Seat {
    crowd: Arc<Crowd>,
    source: Option<String>,
    is_front: bool,
}

impl Seat {
    /// False where its source had taken more than a few when it came.
    pub fn is_front(&self) -> bool {
        self.is_front
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.crowd.leave(self.source.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_256_connections_and_all_have_4096() {
        let (crowd, nobody) = (Arc::new(Crowd::default()), Networks::default());
        let from = |number: usize| IpAddr::from([10, 0, 0, u8::try_from(number).unwrap()]);
        let mut seats: Vec<Seat> = (0..256).map(|_| crowd.seat(from(0), &nobody).unwrap()).collect();
        assert!(crowd.seat(from(0), &nobody).is_none() && crowd.seat(from(1), &nobody).is_some());
        seats.pop();
        seats.push(crowd.seat(from(0), &nobody).unwrap());
        for number in 1..16 {
            seats.extend((0..256).map(|_| crowd.seat(from(number), &nobody).unwrap()));
        }
        assert!(crowd.seat(from(99), &nobody).is_none());
        seats.clear();
        assert!(crowd.0.lock().unwrap().sources.is_empty(), "who has left is forgotten");
    }

    #[test]
    fn a_trusted_proxy_holds_as_many_as_it_needs() {
        let (crowd, proxies) = (Arc::new(Crowd::default()), Networks::new(vec!["10.0.0.1".parse().unwrap()]));
        let seats: Vec<Option<Seat>> = (0..1000).map(|_| crowd.seat([10, 0, 0, 1].into(), &proxies)).collect();
        assert!(seats.iter().all(|seat| seat.as_ref().is_some_and(Seat::is_front)));
    }
}
