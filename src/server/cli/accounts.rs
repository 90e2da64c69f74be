//! `sekisho admin` and `sekisho account`: what the operator does to accounts. Each command opens
//! the database by itself; a running server notices at its next request.

use super::serve::prepare_data_dir;
use super::terminal;
use crate::model::Problem;
use crate::server::accounts::Registration;
use crate::server::admin::{self, Changes, Hand, Wanted};
use crate::server::audit::Origin;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::email::Email;
use crate::server::failure::Failure;
use crate::server::passwords::{Priority, reset};
use crate::server::services::Services;
use crate::server::store::people::Person;
use crate::server::totp;
use clap::Subcommand;

/// Commands about superusers.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make a superuser; the password is asked for, or read from standard input.
    Create { email: String },
}

/// Commands about accounts.
#[derive(Subcommand)]
pub enum AccountCommand {
    /// List accounts, one a line: address, id, marks.
    List {
        /// Only addresses that contain this.
        #[arg(default_value = "")]
        part: String,
    },
    /// Show one account.
    Show { email: String },
    /// Forbid an account to log in, and end its sessions.
    Disable { email: String },
    /// Let an account log in again.
    Enable { email: String },
    /// Forget a lost phone and its recovery codes, and end all sessions; the next login sets up a new one.
    ResetSecondFactor { email: String },
    /// Print a link to a new password, good once and for an hour, to pass on to the owner.
    ResetLink { email: String },
    /// Delete an account with everything that hangs on it.
    Delete { email: String },
}

/// Does what was asked.
pub async fn admin(command: AdminCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let AdminCommand::Create { email } = command;
    let password = terminal::password().map_err(one)?;
    let form = Registration { email, password: (*password).clone() };
    let made = admin::create_superuser(&services, &Hand::Operator, &operator(), form).await;
    services.store.close().await;
    println!("{} may govern this server. Log in to set up the second factor.", made.map_err(said)?.email);
    Ok(())
}

/// Does what was asked.
pub async fn account(command: AccountCommand) -> Result<(), Vec<String>> {
    let services = open().await?;
    let done = run(&services, command).await;
    services.store.close().await;
    done
}

async fn run(services: &Services, command: AccountCommand) -> Result<(), Vec<String>> {
    match command {
        AccountCommand::List { part } => list(services, &part).await,
        AccountCommand::Show { email } => show(services, &find(services, &email).await?).await,
        AccountCommand::Disable { email } => switch(services, &email, Active::No).await,
        AccountCommand::Enable { email } => switch(services, &email, Active::Yes).await,
        AccountCommand::ResetSecondFactor { email } => {
            let person = find(services, &email).await?;
            let reset = admin::reset_second_factor(services, &Hand::Operator, &operator(), &person.id).await;
            let words = if reset.map_err(said)? { "has no second factor any more" } else { "had no second factor" };
            println!("{} {words}.", person.email);
            Ok(())
        }
        AccountCommand::ResetLink { email } => {
            let person = find(services, &email).await?;
            println!("{}", reset::link(services, &person).await.map_err(said)?);
            Ok(())
        }
        AccountCommand::Delete { email } => {
            let person = find(services, &email).await?;
            admin::delete(services, &Hand::Operator, &person.id).await.map_err(said)?;
            println!("{} is deleted.", person.email);
            Ok(())
        }
    }
}

enum Active {
    Yes,
    No,
}

async fn switch(services: &Services, email: &str, active: Active) -> Result<(), Vec<String>> {
    let person = find(services, email).await?;
    let changes = Changes { is_active: Some(matches!(active, Active::Yes)), ..Changes::default() };
    let after = admin::change(services, &Hand::Operator, &operator(), &person.id, changes).await.map_err(said)?;
    println!("{}", line(&after));
    Ok(())
}

async fn list(services: &Services, part: &str) -> Result<(), Vec<String>> {
    const PAGE: i64 = 100;
    let mut offset = 0;
    loop {
        let wanted = Wanted { email: part, limit: PAGE, offset };
        let page = admin::list(services, &Hand::Operator, wanted).await.map_err(said)?;
        for person in &page.items {
            println!("{}", line(person));
        }
        offset += PAGE;
        if offset >= page.total {
            return Ok(());
        }
    }
}

async fn show(services: &Services, person: &Person) -> Result<(), Vec<String>> {
    let is_enrolled = totp::is_enrolled(services, &person.id).await.map_err(said)?;
    println!("{}\n  second factor: {}", line(person), if is_enrolled { "on" } else { "off" });
    Ok(())
}

fn line(person: &Person) -> String {
    let mut line = format!("{}  {}", person.email, person.id.as_str());
    let marks =
        [(person.disabled_at, "disabled"), (person.superuser_at, "superuser"), (person.verified_at, "verified")];
    for (_, word) in marks.iter().filter(|(at, _)| at.is_some()) {
        line.push_str("  ");
        line.push_str(word);
    }
    line
}

async fn find(services: &Services, email: &str) -> Result<Person, Vec<String>> {
    let parsed = Email::parse(email).map_err(|problem| said(problem.into()))?;
    let found = admin::person_at(services, &Hand::Operator, &parsed).await.map_err(said)?;
    found.ok_or_else(|| one(format!("There is no account with the address {email}.")))
}

/// The database and keys of this server, and nothing listening.
pub async fn open() -> Result<Services, Vec<String>> {
    let mut config = Config::from_env()?;
    prepare_data_dir(&config.data_dir).map_err(one)?;
    // Behind everything else, a command of the operator would wait in vain on a busy machine.
    config.hash_priority = Priority::Normal;
    Services::open(config, Clock::System).await.map_err(one)
}

/// A failure as a sentence for the operator.
pub fn said(failure: Failure) -> Vec<String> {
    one(match failure {
        Failure::Broken(cause) | Failure::Unavailable(cause) => format!("It was not done: {cause}."),
        Failure::Refused(problem) => sentence(&problem).to_owned(),
    })
}

fn sentence(problem: &Problem) -> &'static str {
    match problem {
        Problem::EmailMalformed => "This is no e-mail address.",
        Problem::EmailTaken => "There is an account with this address already.",
        Problem::PasswordTooShort => "The password is too short.",
        Problem::PasswordTooLong => "The password is longer than 256 characters.",
        Problem::PasswordHasControls => "The password holds a character that cannot be typed.",
        Problem::PasswordCommon => "The password is on lists that attackers try first.",
        Problem::PasswordNamesYou => "The password is made of the address or of this site's name.",
        Problem::LastSuperuser => "This is the last superuser who can log in; make another one first.",
        Problem::NoSuchAccount => "There is no such account.",
        Problem::Busy => "The database or the machine is too busy; try again.",
        _ => "It was not done.",
    }
}

fn operator() -> Origin {
    Origin::by_name("command line")
}

fn one(sentence: String) -> Vec<String> {
    vec![sentence]
}
