//! What may be tried when: a pure machine over what a counter stands at and the time.
//!
//! A clock set back could make a counter end later than its rule ever lets it: such an end counts
//! as the latest possible one, so nobody waits longer than the rule says and nothing is forgiven.

use crate::model::Timestamp;
use crate::server::store::limits::Count;

/// Until when a counter is kept that time alone does not end.
const FOR_GOOD_S: i64 = 10 * 365 * 24 * 60 * 60;
/// How long failures of an account are remembered after the last one.
const SLOWING_MEMORY_S: i64 = 30 * 24 * 60 * 60;

/// How often something may be tried. Times in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `burst` at once, and one more every `refill_s`. `until` is when all of them may be tried again.
    Bucket { burst: i64, refill_s: i64 },
    /// `most` within `length_s` from the first on. `until` is the end of that time.
    Window { most: i64, length_s: i64 },
    /// `free` at once, then a pause of one second that doubles up to `longest_s`, and no more after
    /// `most`. `until` is the end of the pause.
    Slowing { free: i64, longest_s: i64, most: i64 },
    /// `most`, whenever they were. `until` says nothing.
    Total { most: i64 },
}

/// Why something may not be tried now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It may in this many seconds, at least one.
    For(i64),
    /// Time alone does not help.
    ForGood,
}

impl Rule {
    /// Counts one more, or says how long to wait for it.
    pub fn count(self, before: Count, now: Timestamp) -> Result<Count, Wait> {
        let Count { failures, until, told_until } = self.settle(before, now);
        let now = now.seconds();
        let (failures, until) = match self {
            Self::Bucket { burst, refill_s } => {
                let full_at = until.max(now) + refill_s;
                let early_s = full_at - now - burst * refill_s;
                if early_s > 0 {
                    return Err(Wait::For(early_s));
                }
                (failures + 1, full_at)
            }
            Self::Window { length_s, .. } if until <= now => (1, now + length_s),
            Self::Window { most, .. } if failures >= most => return Err(Wait::For(until - now)),
            Self::Window { .. } => (failures + 1, until),
            Self::Slowing { most, .. } | Self::Total { most } if failures >= most => return Err(Wait::ForGood),
            Self::Slowing { .. } if until > now => return Err(Wait::For(until - now)),
            Self::Slowing { .. } => (failures + 1, now + self.pause_s(failures + 1)),
            Self::Total { .. } => (failures + 1, until),
        };
        Ok(Count { failures, until, told_until })
    }

    /// Takes back one that was counted and turned out to be no failure.
    pub fn take_back(self, count: Count, now: Timestamp) -> Count {
        let failures = (count.failures - 1).max(0);
        let until = match self {
            Self::Bucket { refill_s, .. } => count.until - refill_s,
            Self::Slowing { .. } => count.until.min(now.seconds() + self.pause_s(failures)),
            Self::Window { .. } | Self::Total { .. } => count.until,
        };
        Count { failures, until, ..count }
    }

    /// The counter with an end that its rule can have.
    pub fn settle(self, count: Count, now: Timestamp) -> Count {
        let longest_s = match self {
            Self::Bucket { burst, refill_s } => burst * refill_s,
            Self::Window { length_s, .. } => length_s,
            Self::Slowing { longest_s, .. } => longest_s,
            Self::Total { .. } => return count,
        };
        Count { until: count.until.min(now.seconds() + longest_s), ..count }
    }

    /// From when on the counter says no more than none would.
    pub fn forget_at(self, count: Count, now: Timestamp) -> Timestamp {
        match self {
            Self::Bucket { .. } | Self::Window { .. } => Timestamp::from(count.until.max(count.told_until)),
            Self::Slowing { most, .. } if count.failures < most => now.plus_s(SLOWING_MEMORY_S),
            Self::Slowing { .. } | Self::Total { .. } => now.plus_s(FOR_GOOD_S),
        }
    }

    fn pause_s(self, failures: i64) -> i64 {
        let Self::Slowing { free, longest_s, .. } = self else { return 0 };
        let doublings = u32::try_from(failures - free).ok();
        doublings.map_or(0, |doublings| 1i64.checked_shl(doublings.min(40)).unwrap_or(longest_s).min(longest_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOWING: Rule = Rule::Slowing { free: 5, longest_s: 900, most: 100 };
    const BUCKET: Rule = Rule::Bucket { burst: 10, refill_s: 6 };
    const WINDOW: Rule = Rule::Window { most: 3, length_s: 3600 };

    /// Tries without pause from `now` on until it is refused; how many were let through, and the refusal.
    fn exhaust(rule: Rule, count: &mut Count, now: i64) -> (usize, Wait) {
        for number in 0.. {
            match rule.count(*count, Timestamp::from(now)) {
                Ok(next) => *count = next,
                Err(wait) => return (number, wait),
            }
        }
        unreachable!()
    }

    #[test]
    fn five_failures_are_free_then_each_one_doubles_the_pause_up_to_15_minutes_and_100_are_the_end() {
        let (mut count, mut now) = (Count::default(), 1_000);
        let mut pauses = Vec::new();
        while let (_, Wait::For(pause_s)) = exhaust(SLOWING, &mut count, now) {
            pauses.push(pause_s);
            assert_eq!(exhaust(SLOWING, &mut count, now + pause_s - 1), (0, Wait::For(1)));
            now += pause_s;
        }
        assert_eq!(pauses[..11], [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
        assert_eq!((pauses.len(), count.failures), (95, 100));
        assert_eq!(exhaust(SLOWING, &mut count, now + 1_000_000_000), (0, Wait::ForGood));
    }

    #[test]
    fn a_source_has_ten_failures_at_once_and_ten_a_minute() {
        let (mut count, now) = (Count::default(), 1_000);
        assert_eq!(exhaust(BUCKET, &mut count, now), (10, Wait::For(6)));
        assert_eq!(exhaust(BUCKET, &mut count, now + 5), (0, Wait::For(1)));
        assert_eq!(exhaust(BUCKET, &mut count, now + 6), (1, Wait::For(6)));
        assert_eq!(exhaust(BUCKET, &mut count, now + 66).0, 10);
        assert_eq!(exhaust(BUCKET, &mut count, now + 100_000).0, 10, "more than full it never gets");
    }

    #[test]
    fn a_window_starts_with_the_first_and_ends_by_time() {
        let (mut count, now) = (Count::default(), 1_000);
        count = WINDOW.count(count, Timestamp::from(now)).unwrap();
        assert_eq!(exhaust(WINDOW, &mut count, now + 600), (2, Wait::For(3000)));
        assert_eq!(exhaust(WINDOW, &mut count, now + 3600), (3, Wait::For(3600)));
    }

    #[test]
    fn what_is_taken_back_may_be_tried_again_and_nothing_more() {
        for rule in [SLOWING, BUCKET, WINDOW, Rule::Total { most: 4 }] {
            let (mut count, now) = (Count::default(), Timestamp::from(1_000));
            exhaust(rule, &mut count, 1_000);
            count = rule.take_back(count, now);
            assert_eq!(exhaust(rule, &mut count, 1_000).0, 1, "{rule:?}");
        }
    }

    #[test]
    fn a_clock_set_back_frees_nobody_and_locks_nobody_for_longer_than_the_rule() {
        const YEAR: i64 = 365 * 24 * 60 * 60;
        for (rule, longest_s) in [(SLOWING, 900), (BUCKET, 60), (WINDOW, 3600)] {
            let mut count = Count::default();
            exhaust(rule, &mut count, YEAR);
            let (passed, _) = exhaust(rule, &mut count, 1_000);
            assert_eq!(passed, 0, "{rule:?} was freed");
            // A refusal writes the settled counter down; from there the new time counts.
            count = rule.settle(count, Timestamp::from(1_000));
            assert!(exhaust(rule, &mut count, 1_000 + longest_s).0 > 0, "{rule:?} stays locked");
        }
    }

    #[test]
    fn the_end_of_an_account_is_not_forgotten_and_slow_guesses_still_add_up() {
        let (mut count, mut now) = (Count::default(), 1_000);
        for _ in 0..100 {
            count = SLOWING.count(count, Timestamp::from(now)).unwrap();
            assert!(SLOWING.forget_at(count, Timestamp::from(now)).seconds() > now + 29 * 24 * 60 * 60);
            now += 29 * 24 * 60 * 60;
        }
        assert_eq!(SLOWING.count(count, Timestamp::from(now)), Err(Wait::ForGood));
        assert!(SLOWING.forget_at(count, Timestamp::from(now)).seconds() > now + 365 * 24 * 60 * 60);
    }
}
