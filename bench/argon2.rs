//! The raw rate: comparing passwords with hashes as the server does, and nothing else.
//!
//! `argon2 THREADS SECONDS [rustcrypto]` prints passwords per second of all threads, and how many were compared.

use sekisho::server::passwords::{Choice, HashParams, Implementation, Workspace};
use std::time::{Duration, Instant};

const PASSWORD: &[u8] = b"a lantern at the checkpoint";

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let choice = if std::env::args().any(|word| word == "rustcrypto") { Choice::RustCrypto } else { Choice::Auto };
    let (Some(threads), Some(seconds)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: argon2 THREADS SECONDS");
        std::process::exit(2);
    };
    let implementation = Implementation::choose(choice, HashParams::FLOOR);
    let phc = Workspace::new(implementation).hash(PASSWORD, HashParams::FLOOR).unwrap_or_default();
    let found: Vec<(f64, f64)> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| compare(implementation, &phc, Duration::from_secs(seconds)))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let (rate, compared) = found.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{rate:.3} {compared}");
}

/// The rate of one thread, which keeps its memory, and how many passwords it compared.
fn compare(implementation: Implementation, phc: &str, at_least: Duration) -> (f64, f64) {
    let mut workspace = Workspace::new(implementation);
    let (start, mut compared) = (Instant::now(), 0.0);
    while start.elapsed() < at_least {
        if workspace.verify(PASSWORD, phc) != Ok(true) {
            return (f64::NAN, f64::NAN);
        }
        compared += 1.0;
    }
    (compared / start.elapsed().as_secs_f64(), compared)
}
