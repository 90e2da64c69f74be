//! Mail goes out.

use crate::server::accounts;
use crate::server::failure::Failure;
use crate::server::mail;
use crate::server::services::Services;
use std::time::Duration;

/// How long a message waits at most that another process wrote, or that has become due.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers mail until the server stops: at once, or nearly so, after this process wrote some.
pub async fn run(services: &Services) {
    loop {
        match post(services).await {
            // There may be more.
            Ok(count) if count > 0 => {}
            // Woken or not: either is a reason to look.
            Ok(_) => drop(tokio::time::timeout(PAUSE, services.store.post()).await),
            Err(failure) => {
                let problem = failure.into_problem();
                tracing::warn!(?problem, "Mail could not be delivered.");
                // Whatever is broken is not mended by asking again at once.
                tokio::time::sleep(PAUSE).await;
            }
        }
        tokio::time::sleep(mail::draw_pause()).await;
    }
}

/// Writes the mails that were asked for and delivers what is due; tells how much that was.
pub async fn post(services: &Services) -> Result<usize, Failure> {
    let answered = accounts::answer_requests(services).await;
    // A request that cannot be answered keeps no other mail back.
    let delivered = mail::deliver(services).await?;
    Ok(answered? + delivered)
}
