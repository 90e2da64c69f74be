//! `sekisho audit`: what happened, and whether anybody changed what was written of it.

use super::accounts::{open, said};
use crate::model::Timestamp;
use crate::server::audit::{self, Fault, Head, Report, Waiting, Wrong};
use crate::server::services::Services;
use clap::Subcommand;
use std::io::{BufWriter, Write, stdout};
use time::{Date, Month};

/// Most events that are listed as not chained yet.
const SHOWN: usize = 20;

/// Commands about the history.
#[derive(Subcommand)]
pub enum AuditCommand {
    /// Walk the chain of events and say the first thing that is wrong; fails if something is.
    Verify {
        /// A head that `verify` printed before and that was kept elsewhere: is it still a part of the chain?
        #[arg(long, value_name = "COUNT:HASH", value_parser = head)]
        head: Option<Head>,
    },
    /// Print events, one line of JSON each.
    Export {
        /// Only those of this time or later: 2026-11-26, or 2026-11-26T09:30:00Z.
        #[arg(long, value_name = "TIME", value_parser = moment)]
        since: Option<Timestamp>,
    },
}

/// Does what was asked.
pub async fn audit(command: AuditCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let done = match command {
        AuditCommand::Verify { head } => verify(&services, head.as_ref()).await,
        AuditCommand::Export { since } => export(&services, since).await,
    };
    services.store.close().await;
    done
}

async fn verify(services: &Services, expected: Option<&Head>) -> Result<(), Vec<String>> {
    let Report { head, waiting, fault } = audit::verify(services, expected).await.map_err(said)?;
    for Waiting { id, at } in waiting.iter().take(SHOWN) {
        println!("Not chained yet: {} of {}.", shown(id), at.iso());
    }
    if waiting.len() > SHOWN {
        println!("Not chained yet: {} more.", waiting.len() - SHOWN);
    }
    if let Some(fault) = fault {
        return Err(vec![sentence(&fault)]);
    }
    println!("{} events are chained, and each is what it was. The chain ends at", head.count);
    println!("{}", head.text());
    Ok(())
}

async fn export(services: &Services, since: Option<Timestamp>) -> Result<(), Vec<String>> {
    let mut out = BufWriter::new(stdout().lock());
    let since = since.unwrap_or(Timestamp::from_seconds(i64::MIN));
    audit::export(services, since, |line| writeln!(out, "{line}")).await.map_err(said)?;
    out.flush().map_err(|error| vec![format!("The events cannot be written: {error}.")])
}

fn sentence(fault: &Fault) -> String {
    let event = fault.event.as_deref().map(|id| format!("event {}", shown(id))).unwrap_or_default();
    let place = fault.position.map(|position| format!("At position {position}: ")).unwrap_or_default();
    let wrong = match fault.wrong {
        Wrong::LinkRemoved => "a link of the chain was removed".to_owned(),
        Wrong::EventRemoved => format!("{event} was removed"),
        Wrong::EventEdited => format!("{event} was edited, or Sekisho never wrote it"),
        Wrong::OrderChanged => {
            format!("{event} was not chained here: events before it were removed, inserted or swapped")
        }
        Wrong::Changed => format!("{event} was edited, or events before it were removed, inserted or swapped"),
        Wrong::AddressEdited => format!("address or user agent of {event} were edited"),
        Wrong::AddressRemoved => format!("address and user agent of {event} were removed, though its account is there"),
        Wrong::EventInserted => {
            format!("{event} was inserted or edited before it was chained: Sekisho did not write it")
        }
        Wrong::EndCutOff => "the chain ends here, but it was longer: the newest events were removed".to_owned(),
        Wrong::HeadEdited => "what the database says of the end of the chain was edited or removed".to_owned(),
        Wrong::KeyMissing => format!("the key under which {event} was chained is missing in the database"),
        Wrong::OtherHistory => "this is not the history in which that head was printed".to_owned(),
    };
    format!("{place}{wrong}.")
}

/// What stands in the database may be anybody's by now: nothing of it moves the cursor.
fn shown(text: &str) -> String {
    text.escape_default().take(100).collect()
}

fn head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "write it as `sekisho audit verify` printed it".to_owned())
}

/// A day, or a moment of it.
fn moment(text: &str) -> Result<Timestamp, String> {
    let hint = || "write a day as 2026-11-26, or a moment as 2026-11-26T09:30:00Z".to_owned();
    let (day, clock) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let numbers = |text: &str, mark: char| -> Option<[u16; 3]> {
        let parsed: Vec<u16> = text.split(mark).map(str::parse).collect::<Result<_, _>>().ok()?;
        parsed.try_into().ok()
    };
    let parsed = || {
        let [year, month, day] = numbers(day, '-')?;
        let [month, day] = [u8::try_from(month).ok()?, u8::try_from(day).ok()?];
        let date = Date::from_calendar_date(i32::from(year), Month::try_from(month).ok()?, day).ok()?;
        let [hour, minute, second] = numbers(clock.strip_suffix('Z')?, ':')?.map(|number| u8::try_from(number).ok());
        let at = date.with_hms(hour?, minute?, second?).ok()?.assume_utc();
        Some(Timestamp::from(at.unix_timestamp()))
    };
    parsed().ok_or_else(hint)
}

#[cfg(test)]
mod tests {
    use super::{moment, shown};

    #[test]
    fn a_time_is_a_day_or_a_moment_of_it() {
        assert_eq!(moment("2027-01-15").unwrap().iso(), "2027-01-15T00:00:00Z");
        assert_eq!(moment("2027-01-15T08:00:01Z").unwrap().iso(), "2027-01-15T08:00:01Z");
        for wrong in ["", "2027", "2027-13-01", "2027-02-30", "2027-01-15T08:00Z", "2027-01-15T25:00:00Z", "T"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_stands_in_the_database_never_moves_the_cursor() {
        assert_eq!(shown("a\r\n\u{1b}[2J\u{202e}"), "a\\r\\n\\u{1b}[2J\\u{202e}");
    }
}
