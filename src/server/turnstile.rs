//! The turnstile: of the requests that change something a few are worked on at a time, the others wait
//! in the order in which they came. Thousands that come at once then cost a page that is read meanwhile
//! the time of a few of them, and no more of them are counted than find a place before the hashing threads.
//!
//! Who has to wait for a hash steps aside: those behind must hear soon that there is no place left.

use crate::model::Problem;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests that have a turn at the same time.
pub const AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(5);

tokio::task_local! {
    static TURN: Cell<Option<OwnedSemaphorePermit>>;
}

/// Where requests wait for their turn.
pub struct Turnstile(Arc<Semaphore>);

impl Default for Turnstile {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turnstile {
    /// Waits for a turn; refuses with [`Problem::Busy`] where it does not come in five seconds.
    pub async fn turn(&self) -> Result<Turn, Problem> {
        let turn = Arc::clone(&self.0).acquire_owned();
        let turn = tokio::time::timeout(PATIENCE, turn).await.map_err(|_| Problem::Busy)?;
        Ok(Turn(Cell::new(turn.ok())))
    }
}

/// Leave to work on a request that changes something.
pub struct Turn(Cell<Option<OwnedSemaphorePermit>>);

impl Turn {
    /// Does `work`; the turn ends with it, or when it steps aside.
    pub async fn hold<T>(self, work: impl Future<Output = T>) -> T {
        TURN.scope(self.0, work).await
    }
}

/// Lets the next one through, where the caller had a turn.
pub fn step_aside() {
    if let Ok(turn) = TURN.try_with(Cell::take) {
        drop(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    /// Works that begin in their turn, and end, or step aside, when they are told to.
    struct Scene {
        turnstile: Arc<Turnstile>,
        begun: Arc<Mutex<Vec<usize>>>,
        end: Arc<Notify>,
        aside: Arc<Notify>,
        works: JoinSet<Result<(), Problem>>,
    }

    impl Scene {
        /// With so many, of which as many begin as may.
        async fn of(count: usize) -> Self {
            let (turnstile, begun) = (Arc::default(), Arc::default());
            let mut scene =
                Self { turnstile, begun, end: Arc::default(), aside: Arc::default(), works: JoinSet::new() };
            for number in 0..count {
                let (turnstile, begun) = (Arc::clone(&scene.turnstile), Arc::clone(&scene.begun));
                let (end, aside) = (Arc::clone(&scene.end), Arc::clone(&scene.aside));
                scene.works.spawn(async move {
                    let work = || async {
                        begun.lock().unwrap().push(number);
                        tokio::select! {
                            () = end.notified() => {}
                            () = aside.notified() => {
                                step_aside();
                                end.notified().await;
                            }
                        }
                    };
                    turnstile.turn().await?.hold(work()).await;
                    Ok(())
                });
            }
            settled().await;
            scene
        }

        fn begun(&self) -> Vec<usize> {
            self.begun.lock().unwrap().clone()
        }
    }

    /// Every task has run until it waits: this runtime has one thread.
    async fn settled() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn eight_are_worked_on_and_the_rest_come_in_their_order() {
        let scene = Scene::of(AT_ONCE + 3).await;
        assert_eq!(scene.begun(), (0..AT_ONCE).collect::<Vec<_>>());
        for next in AT_ONCE..AT_ONCE + 3 {
            scene.end.notify_one();
            settled().await;
            assert_eq!(scene.begun(), (0..=next).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn who_steps_aside_lets_one_through_and_who_leaves_lets_all() {
        let mut scene = Scene::of(AT_ONCE + 2).await;
        scene.aside.notify_one();
        settled().await;
        assert_eq!(scene.begun().len(), AT_ONCE + 1);
        scene.works.abort_all();
        while scene.works.join_next().await.is_some() {}
        assert_eq!(scene.turnstile.0.available_permits(), AT_ONCE, "a turn once left is not given back twice");
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_to_come_back() {
        let mut scene = Scene::of(AT_ONCE + 1).await;
        let first = scene.works.join_next().await.unwrap().unwrap();
        assert_eq!((first, scene.begun().len()), (Err(Problem::Busy), AT_ONCE));
    }

    #[tokio::test]
    async fn outside_of_a_turn_there_is_nothing_to_leave() {
        step_aside();
    }
}
