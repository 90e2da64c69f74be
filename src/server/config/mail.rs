//! How mail leaves.

use super::public_url::PublicUrl;
use super::reader::Reader;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use std::net::IpAddr;
use std::time::Duration;
use url::Url;

const FROM: &str = "SEKISHO_MAIL_FROM";
const SMTP: &str = "SEKISHO_SMTP_URL";

/// Settings of mail.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// `SEKISHO_MAIL_FROM`: `name@example.org` or `Name <name@example.org>`; must be set with SMTP, else
    /// `Sekisho <sekisho@host>`.
    pub from: Mailbox,
    /// `SEKISHO_SMTP_URL`: the server that takes our mail; without one it is kept in the data directory.
    pub smtp: Option<SmtpConfig>,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Does not print.
    pub login: Option<Credentials>,
    /// On this machine: its certificate is not judged, for nobody is in between.
    pub is_loopback: bool,
    /// How long one delivery may take.
    pub patience: Duration,
}

/// How the line to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: on this machine only.
    Plain,
    /// TLS from the first byte.
    Tls,
    /// TLS after a greeting; refused where the server does not offer it.
    StartTls,
}

impl MailConfig {
    /// Reads the settings.
    pub fn read(reader: &mut Reader, public_url: &PublicUrl) -> Self {
        let smtp = reader.optional(SMTP).and_then(|text| {
            // The text may hold a password, so it is not repeated.
            SmtpConfig::parse(&text).map_err(|wanted| reader.complain(format!("{SMTP} must be {wanted}."))).ok()
        });
        let from = reader.optional(FROM);
        if smtp.is_some() && from.is_none() {
            reader.complain(format!(
                "{FROM} must be set where {SMTP} is: an address that the mail server may send from."
            ));
        }
        Self { from: read_from(reader, from, public_url), smtp }
    }
}

fn read_from(reader: &mut Reader, text: Option<String>, public_url: &PublicUrl) -> Mailbox {
    let fallback = Mailbox::new(Some("Sekisho".to_owned()), Address::new_dangerous("sekisho", &public_url.host));
    let Some(text) = text else { return fallback };
    match text.parse() {
        Ok(from) if !text.contains(char::is_control) => from,
        _ => {
            reader.complain(format!("{FROM} must be an address such as Sekisho <login@example.org>, not {text:?}."));
            fallback
        }
    }
}

impl SmtpConfig {
    /// Reads the URL of a mail server; fails with what it must be.
    fn parse(text: &str) -> Result<Self, &'static str> {
        const WANTED: &str = "a URL such as smtps://user:password@mail.example.org, smtp+starttls://… or \
                              smtp://127.0.0.1:25";
        let url = Url::parse(text).map_err(|_| WANTED)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(WANTED)?;
        let (security, usual_port) = match url.scheme() {
            "smtp" => (Security::Plain, 25),
            "smtps" => (Security::Tls, 465),
            "smtp+starttls" => (Security::StartTls, 587),
            _ => return Err(WANTED),
        };
        let is_loopback = is_loopback(host);
        if security == Security::Plain && !is_loopback {
            return Err("smtps:// or smtp+starttls:// (plain smtp:// only to this machine)");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err("a URL without a path; write %23, %2F, %3F or %40 for # / ? @ in user and password");
        }
        let login = read_login(&url)?;
        let (host, port) = (host.to_owned(), url.port().unwrap_or(usual_port));
        Ok(Self { host, port, security, login, is_loopback, patience: Duration::from_secs(30) })
    }
}

fn read_login(url: &Url) -> Result<Option<Credentials>, &'static str> {
    let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned);
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err("a URL with both user and password, or with neither"),
        (user, Some(password)) => match (decoded(user), decoded(password)) {
            (Ok(user), Ok(password)) => Ok(Some(Credentials::new(user, password))),
            _ => Err("a URL whose user and password are UTF-8, percent-encoded"),
        },
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Security, SmtpConfig};
    use lettre::transport::smtp::authentication::Credentials;

    #[test]
    fn user_and_password_are_percent_decoded_and_never_printed() {
        let config =
            SmtpConfig::parse("smtp+starttls://ada%40example.org:p%40ss%2Fw%C3%B6rd@mail.example.org").unwrap();
        assert_eq!((config.security, config.port), (Security::StartTls, 587));
        assert!(config.login == Some(Credentials::new("ada@example.org".into(), "p@ss/wörd".into())));
        assert!(!format!("{config:?}").contains("w\u{f6}rd") && !format!("{config:?}").contains("ada"));
        assert_eq!(SmtpConfig::parse("smtps://u:p@mail.example.org:2465").unwrap().port, 2465);
    }

    #[test]
    fn nothing_goes_in_clear_beyond_this_machine() {
        for url in ["smtp://127.0.0.1", "smtp://[::1]:2525", "smtp://localhost", "smtp://mail.localhost:1025"] {
            assert!(SmtpConfig::parse(url).unwrap().is_loopback, "{url}");
        }
        for url in [
            "smtp://mail.example.org",
            "smtp://192.0.2.1",
            "smtp://localhost.example.org",
            "http://127.0.0.1",
            "smtps://",
            "smtps://user@mail.example.org",
            "smtps://u:p%FF@mail.example.org",
            "smtps://u:p@mail.example.org/inbox",
            "smtps://u:p@mail.example.org?tls=none",
            "nonsense",
        ] {
            assert!(SmtpConfig::parse(url).is_err(), "{url}");
        }
    }
}
