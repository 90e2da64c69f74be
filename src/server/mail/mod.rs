//! Messages to owners of accounts. They are kept as `.eml` files in the data directory, for its
//! owner to pass on; nothing is sent yet.

mod keep;
mod message;

pub use message::Message;

use crate::model::Timestamp;
use crate::server::services::Services;

/// How long a notice without a link is kept: a week, in seconds.
pub const NOTICE_S: i64 = 7 * 24 * 60 * 60;

/// Hands a message over. Never waits for it and never fails for it: how long an answer takes must
/// not tell who has an account, and a full disk must not undo what the message tells of.
/// It is kept for `lifetime_s`: as long as its link works.
pub fn send(services: &Services, to: &str, message: &Message, lifetime_s: i64) {
    let config = &services.config;
    let now = services.clock.now();
    let text = message.render(&config.public_url, to, now);
    let kept = keep::Kept { folder: config.data_dir.join("mail"), now, expires_at: now.plus_s(lifetime_s), text };
    tokio::spawn(async move {
        if let Err(error) = kept.write().await {
            tracing::error!(%error, "A message could not be kept.");
        }
    });
}

/// Seconds since 1970 as a mail spells them (RFC 5322).
fn date(at: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Ok(at) = time::OffsetDateTime::from_unix_timestamp(at.seconds()) else { return String::new() };
    let day = DAYS.get(usize::from(at.weekday().number_days_from_monday())).unwrap_or(&"Mon");
    let month = MONTHS.get(usize::from(u8::from(at.month())) - 1).unwrap_or(&"Jan");
    let (hour, minute, second) = at.to_hms();
    format!("{day}, {} {month} {} {hour:02}:{minute:02}:{second:02} +0000", at.day(), at.year())
}

#[cfg(test)]
mod tests {
    use super::date;
    use crate::model::Timestamp;

    #[test]
    fn a_date_is_spelled_as_in_mails() {
        assert_eq!(date(Timestamp::from(1_800_000_000)), "Fri, 15 Jan 2027 08:00:00 +0000");
    }
}
