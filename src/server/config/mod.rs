//! Settings: the environment, read once. Every problem is told at once, one sentence each.

mod api;
mod given;
mod limits;
mod mail;
mod public_url;
mod reader;
mod tls_files;

pub use api::{ApiCompat, ApiConfig};
pub use given::Given;
pub use limits::{LimitsConfig, Network, Networks};
pub use mail::{MailConfig, Security, SmtpConfig};
pub use public_url::PublicUrl;
pub use tls_files::TlsFiles;

use crate::model::password_rules;
use crate::server::passwords::{Choice, HashParams, Priority};
use reader::Reader;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything an operator can decide.
#[derive(Clone, Debug)]
pub struct Config {
    /// `SEKISHO_LISTEN`, default `127.0.0.1:3000`.
    pub listen: SocketAddr,
    /// `SEKISHO_PUBLIC_URL`, default `http://` and the listen address where that is loopback.
    pub public_url: PublicUrl,
    /// `SEKISHO_TLS_CERT_FILE` and `SEKISHO_TLS_KEY_FILE`: https without a proxy.
    pub tls_files: Option<TlsFiles>,
    /// `SEKISHO_DATA_DIR`, default `data`.
    pub data_dir: PathBuf,
    /// `SEKISHO_DATABASE_URL`, default `sqlite:<data>/sekisho.db`.
    pub database_url: String,
    /// `SEKISHO_MASTER_KEY_FILE`, default `<data>/master.key`.
    pub master_key_file: PathBuf,
    /// `SEKISHO_SECOND_FACTOR`: `required` (default) or `optional`.
    pub second_factor_is_required: bool,
    /// `SEKISHO_REGISTRATION`: `open` (default) or `closed`.
    pub registration_is_open: bool,
    /// `SEKISHO_EMAIL_VERIFICATION`: `required` (default with SMTP) or `optional` (default without): may an
    /// unverified address log in?
    pub email_verification_is_required: bool,
    /// `SEKISHO_HIDE_ACCOUNTS`: nobody is told which addresses have accounts. `true` by default where it can
    /// be: with SMTP, required verification and the strict profile.
    pub accounts_are_hidden: bool,
    /// How mail leaves.
    pub mail: MailConfig,
    /// How the REST API behaves.
    pub api: ApiConfig,
    /// `SEKISHO_METRICS_LISTEN`: where Prometheus reads figures; default nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// How much may be tried, and from where.
    pub limits: LimitsConfig,
    /// `SEKISHO_PASSWORD_LIST_FILE`: passwords to refuse beside the bundled list, one a line; default none.
    pub password_list_file: Option<PathBuf>,
    /// `SEKISHO_ARGON2_MEMORY_KIB`, `_PASSES`, `_LANES`: 19456, 2, 1; may only be raised.
    pub hash_params: HashParams,
    /// `SEKISHO_HASH_PRIORITY`: `idle` (default) or `normal`.
    pub hash_priority: Priority,
    /// `SEKISHO_ARGON2_IMPLEMENTATION`: `auto` (default) or `rustcrypto`.
    pub hash_implementation: Choice,
    /// All of these as the environment says them.
    pub given: Given,
}

impl Config {
    /// Reads the settings; fails with every problem, one sentence each.
    pub fn from_env() -> Result<Self, Vec<String>> {
        Self::from_map(reader::environment())
    }

    /// Reads the settings from a map of names and values.
    pub fn from_map(values: HashMap<String, String>) -> Result<Self, Vec<String>> {
        let given = Given::of(&values);
        let mut reader = Reader::new(values);
        let listen: SocketAddr =
            reader.parse("SEKISHO_LISTEN", "127.0.0.1:3000", "an address and port such as 127.0.0.1:3000");
        let tls_files = TlsFiles::read(&mut reader);
        let public_url = PublicUrl::read(&mut reader, listen, tls_files.is_some());
        let mail = MailConfig::read(&mut reader, &public_url);
        let api = ApiConfig::read(&mut reader);
        let email_verification_is_required = read_verification(&mut reader, &mail);
        let limits = LimitsConfig::read(&mut reader, listen, &public_url, tls_files.is_some());
        let metrics_listen = reader.maybe("SEKISHO_METRICS_LISTEN", "an address and port such as 127.0.0.1:9100");
        let data_dir = PathBuf::from(reader.text("SEKISHO_DATA_DIR", "data"));
        let database_url =
            reader.text("SEKISHO_DATABASE_URL", &format!("sqlite:{}", data_dir.join("sekisho.db").display()));
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database_url.starts_with(scheme)) {
            reader.complain("SEKISHO_DATABASE_URL must start with sqlite: or postgres:.");
        }
        let default_key = data_dir.join("master.key").display().to_string();
        let master_key_file = PathBuf::from(reader.text("SEKISHO_MASTER_KEY_FILE", &default_key));
        let config = Self {
            listen,
            public_url,
            tls_files,
            data_dir,
            database_url,
            master_key_file,
            second_factor_is_required: reader.choice("SEKISHO_SECOND_FACTOR", ["required", "optional"]) == 0,
            registration_is_open: reader.choice("SEKISHO_REGISTRATION", ["open", "closed"]) == 0,
            email_verification_is_required,
            accounts_are_hidden: read_hiding(&mut reader, &mail, email_verification_is_required, &api),
            mail,
            api,
            limits,
            metrics_listen,
            password_list_file: reader.optional("SEKISHO_PASSWORD_LIST_FILE").map(PathBuf::from),
            hash_params: HashParams {
                memory_kib: reader.at_least("SEKISHO_ARGON2_MEMORY_KIB", HashParams::FLOOR.memory_kib),
                passes: reader.at_least("SEKISHO_ARGON2_PASSES", HashParams::FLOOR.passes),
                lanes: reader.at_least("SEKISHO_ARGON2_LANES", HashParams::FLOOR.lanes),
            },
            hash_priority: match reader.choice("SEKISHO_HASH_PRIORITY", ["idle", "normal"]) {
                0 => Priority::Idle,
                _ => Priority::Normal,
            },
            hash_implementation: match reader.choice("SEKISHO_ARGON2_IMPLEMENTATION", ["auto", "rustcrypto"]) {
                0 => Choice::Auto,
                _ => Choice::RustCrypto,
            },
            given,
        };
        reader.finish(config)
    }

    /// Fewest characters of a password: fewer where everybody has a second factor too.
    pub fn min_password_chars(&self) -> usize {
        if self.second_factor_is_required {
            password_rules::MIN_CHARS_WITH_SECOND_FACTOR
        } else {
            password_rules::MIN_CHARS_ALONE
        }
    }

    /// True where browsers speak https and others than this machine could reach us without it: a proxy
    /// on another host needs that, and the way from there is in clear.
    pub fn serves_in_clear_beyond_this_machine(&self) -> bool {
        self.public_url.is_https && self.tls_files.is_none() && !self.listen.ip().is_loopback()
    }

    /// The name that authenticator apps show.
    pub fn issuer(&self) -> String {
        if self.public_url.is_loopback { "Sekisho".to_owned() } else { format!("Sekisho ({})", self.public_url.host) }
    }
}

fn read_verification(reader: &mut Reader, mail: &MailConfig) -> bool {
    const NAME: &str = "SEKISHO_EMAIL_VERIFICATION";
    if mail.smtp.is_some() {
        reader.choice(NAME, ["required", "optional"]) == 0
    } else {
        reader.choice(NAME, ["optional", "required"]) == 1
    }
}

fn read_hiding(reader: &mut Reader, mail: &MailConfig, must_verify: bool, api: &ApiConfig) -> bool {
    const NAME: &str = "SEKISHO_HIDE_ACCOUNTS";
    if mail.smtp.is_some() && must_verify && api.compat == ApiCompat::Strict {
        return reader.choice(NAME, ["true", "false"]) == 0;
    }
    if reader.choice(NAME, ["false", "true"]) == 1 {
        reader.complain(format!(
            "{NAME} needs SEKISHO_SMTP_URL, SEKISHO_EMAIL_VERIFICATION=required and SEKISHO_API_COMPAT=strict: \
             else the answers tell all the same."
        ));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        Config::from_map(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn nothing_set_serves_on_loopback() {
        let config = read(&[]).unwrap();
        assert_eq!(config.public_url.origin, "http://127.0.0.1:3000");
        assert_eq!(config.min_password_chars(), 8);
    }

    #[test]
    fn https_without_a_certificate_of_ours_is_in_clear_beyond_loopback() {
        let in_clear = |listen, more: &[(&str, &str)]| {
            let https = [("SEKISHO_PUBLIC_URL", "https://login.acme.test"), ("SEKISHO_LISTEN", listen)];
            read(&[&https, more].concat()).unwrap().serves_in_clear_beyond_this_machine()
        };
        let tls = [("SEKISHO_TLS_CERT_FILE", "cert.pem"), ("SEKISHO_TLS_KEY_FILE", "key.pem")];
        assert!(in_clear("0.0.0.0:3000", &[]) && in_clear("[::]:3000", &[]) && in_clear("10.0.0.7:3000", &[]));
        assert!(!in_clear("127.0.0.1:3000", &[]) && !in_clear("[::1]:3000", &[]) && !in_clear("0.0.0.0:443", &tls));
        assert!(!read(&[]).unwrap().serves_in_clear_beyond_this_machine());
    }

    #[test]
    fn every_bad_value_is_told_at_once_by_name() {
        let problems = read(&[
            ("SEKISHO_LISTEN", "everywhere"),
            ("SEKISHO_SECOND_FACTOR", "maybe"),
            ("SEKISHO_ARGON2_MEMORY_KIB", "8"),
            ("SEKISHO_DATABASE_URL", "mysql://x"),
            ("SEKISHO_ARGON2_IMPLEMENTATION", "c"),
            ("SEKISHO_API_COMPAT", "loose"),
            ("SEKISHO_ACCESS_TOKEN_MINUTES", "61"),
            ("SEKISHO_CORS_ORIGINS", "https://app.example.org, *"),
            ("SEKISHO_METRICS_LISTEN", "9100"),
            ("SEKISHO_THROTTLE", "sometimes"),
            ("SEKISHO_REGISTRATIONS_PER_SOURCE", "0"),
            ("SEKISHO_REGISTRATIONS_PER_HOUR", "many"),
            ("SEKISHO_TRUSTED_PROXIES", "10.0.0.0/8, proxy.acme.test"),
        ])
        .unwrap_err();
        for name in [
            "SEKISHO_LISTEN",
            "SEKISHO_SECOND_FACTOR",
            "SEKISHO_ARGON2_MEMORY_KIB",
            "SEKISHO_DATABASE_URL",
            "SEKISHO_ARGON2_IMPLEMENTATION",
            "SEKISHO_API_COMPAT",
            "SEKISHO_ACCESS_TOKEN_MINUTES",
            "SEKISHO_CORS_ORIGINS",
            "SEKISHO_METRICS_LISTEN",
            "SEKISHO_THROTTLE",
            "SEKISHO_REGISTRATIONS_PER_SOURCE",
            "SEKISHO_REGISTRATIONS_PER_HOUR",
            "SEKISHO_TRUSTED_PROXIES",
        ] {
            assert_eq!(
                problems.iter().filter(|problem| problem.starts_with(name)).count(),
                1,
                "{name} in {problems:?}"
            );
        }
    }

    #[test]
    fn a_mail_server_changes_what_is_asked_of_new_accounts() {
        const SMTP: [(&str, &str); 2] =
            [("SEKISHO_SMTP_URL", "smtp://127.0.0.1"), ("SEKISHO_MAIL_FROM", "Sekisho <login@example.org>")];
        let flags = |more: &[(&str, &str)]| {
            let config = read(&[&SMTP[..], more].concat()).unwrap();
            (config.email_verification_is_required, config.accounts_are_hidden)
        };
        let without = read(&[]).unwrap();
        assert_eq!((without.email_verification_is_required, without.accounts_are_hidden), (false, false));
        assert_eq!(flags(&[]), (true, true));
        assert_eq!(flags(&[("SEKISHO_EMAIL_VERIFICATION", "optional")]), (false, false));
        assert_eq!(flags(&[("SEKISHO_API_COMPAT", "fastapi_users")]), (true, false));
        assert_eq!(flags(&[("SEKISHO_HIDE_ACCOUNTS", "false")]), (true, false));
    }

    #[test]
    fn hiding_that_would_hide_nothing_and_mail_without_a_sender_stop_the_start() {
        let hide = ("SEKISHO_HIDE_ACCOUNTS", "true");
        let (smtp, from) = (("SEKISHO_SMTP_URL", "smtp://127.0.0.1"), ("SEKISHO_MAIL_FROM", "a@b.test"));
        assert!(read(&[hide]).unwrap_err()[0].starts_with("SEKISHO_HIDE_ACCOUNTS"));
        for relaxed in [("SEKISHO_EMAIL_VERIFICATION", "optional"), ("SEKISHO_API_COMPAT", "fastapi_users")] {
            assert!(read(&[smtp, from, hide, relaxed]).unwrap_err()[0].starts_with("SEKISHO_HIDE_ACCOUNTS"));
        }
        assert!(read(&[smtp, from, hide]).is_ok());
        assert!(read(&[smtp]).unwrap_err()[0].starts_with("SEKISHO_MAIL_FROM"));
        assert!(read(&[("SEKISHO_MAIL_FROM", "nobody")]).unwrap_err()[0].starts_with("SEKISHO_MAIL_FROM"));
        let said = read(&[("SEKISHO_SMTP_URL", "smtp://u:canary@mail.example.org"), from]).unwrap_err();
        assert!(said[0].starts_with("SEKISHO_SMTP_URL") && !said[0].contains("canary"));
    }

    #[test]
    fn plain_http_is_refused_beyond_loopback() {
        for url in ["http://192.0.2.1", "http://login.acme.test", "ftp://127.0.0.1", "https://a.test/path", "nonsense"]
        {
            assert!(read(&[("SEKISHO_PUBLIC_URL", url)]).is_err(), "{url}");
        }
        assert!(read(&[("SEKISHO_LISTEN", "0.0.0.0:3000")]).is_err(), "a public URL must be named");
        assert!(read(&[("SEKISHO_PUBLIC_URL", "https://login.acme.test")]).is_ok());
        assert!(read(&[("SEKISHO_PUBLIC_URL", "http://localhost:8080")]).is_ok());
    }

    #[test]
    fn limits_are_on_and_off_only_where_nobody_else_can_reach_us() {
        assert!(read(&[]).unwrap().limits.is_on);
        assert!(!read(&[("SEKISHO_THROTTLE", "off")]).unwrap().limits.is_on);
        let elsewhere = ("SEKISHO_PUBLIC_URL", "https://login.acme.test");
        let refused = read(&[("SEKISHO_THROTTLE", "off"), elsewhere]).unwrap_err();
        assert!(refused.len() == 1 && refused[0].starts_with("SEKISHO_THROTTLE"), "{refused:?}");
    }

    #[test]
    fn a_proxy_is_trusted_by_default_only_on_this_host_and_before_https() {
        let trusts = |settings: &[(&str, &str)], address: &str| {
            read(settings).unwrap().limits.trusted_proxies.contain(address.parse().unwrap())
        };
        let https = ("SEKISHO_PUBLIC_URL", "https://login.acme.test");
        assert!(trusts(&[https], "127.0.0.1") && trusts(&[https], "::1") && !trusts(&[https], "10.0.0.1"));
        assert!(!trusts(&[], "127.0.0.1"));
        assert!(!trusts(&[https, ("SEKISHO_LISTEN", "0.0.0.0:3000")], "127.0.0.1"));
        let tls = [("SEKISHO_TLS_CERT_FILE", "cert.pem"), ("SEKISHO_TLS_KEY_FILE", "key.pem"), https];
        assert!(!trusts(&tls, "127.0.0.1"));
        let named = [https, ("SEKISHO_TRUSTED_PROXIES", "10.0.0.0/8")];
        assert!(trusts(&named, "10.0.0.1") && !trusts(&named, "127.0.0.1"));
    }

    #[test]
    fn a_certificate_means_https_and_comes_with_its_key() {
        let (certificate, key) = (("SEKISHO_TLS_CERT_FILE", "cert.pem"), ("SEKISHO_TLS_KEY_FILE", "key.pem"));
        assert_eq!(read(&[certificate, key]).unwrap().public_url.origin, "https://127.0.0.1:3000");
        assert!(read(&[certificate]).unwrap_err()[0].starts_with("SEKISHO_TLS_KEY_FILE"));
        assert!(read(&[key]).unwrap_err()[0].starts_with("SEKISHO_TLS_CERT_FILE"));
        let plain = ("SEKISHO_PUBLIC_URL", "http://localhost:3000");
        assert!(read(&[certificate, key, plain]).unwrap_err()[0].starts_with("SEKISHO_PUBLIC_URL"));
    }
}
