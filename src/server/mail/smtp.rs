//! Delivery to a mail server.

use super::envelope::address;
use super::transport::{Delay, Letter};
use crate::server::config::{Security, SmtpConfig};
use lettre::address::Envelope;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncTransport, Tokio1Executor};
use std::error::Error as _;
use std::time::Duration;

/// Codes by which a server refuses us rather than the message: a password that is wrong today is
/// mended by the operator, and the mail is still wanted then.
const REFUSES_US: [u16; 4] = [530, 534, 535, 538];

/// A mail server that takes our messages, one connection each: none is kept that may have died.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    patience: Duration,
}

impl Smtp {
    /// Prepares the way; nothing is sent yet. Fails with a sentence for the operator.
    pub fn open(config: &SmtpConfig, from: &Address, own_host: &str) -> Result<Self, String> {
        let tls = match config.security {
            Security::Plain => Tls::None,
            Security::Tls => Tls::Wrapper(parameters(config)?),
            Security::StartTls => Tls::Required(parameters(config)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .hello_name(ClientId::Domain(own_host.to_owned()))
            .timeout(Some(config.patience));
        if let Some(login) = &config.login {
            builder = builder.credentials(login.clone());
        }
        Ok(Self { transport: builder.build(), from: from.clone(), patience: config.patience })
    }

    /// Sends one message.
    pub async fn send(&self, letter: &Letter) -> Result<(), Delay> {
        let never = |why: &str| Delay::Never(why.to_owned());
        let to = address(&letter.to).map_err(|_| never("the address is none"))?;
        let envelope = Envelope::new(Some(self.from.clone()), vec![to]).map_err(|_| never("the address is none"))?;
        // One clock around everything: the library's own only times the connection.
        match tokio::time::timeout(self.patience, self.transport.send_raw(&envelope, letter.text.as_bytes())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(delay(&error)),
            Err(_) => Err(Delay::Later(format!("no answer within {} s", self.patience.as_secs()))),
        }
    }
}

/// Verified against the system's certificates, or against Mozilla's where the system has none (a
/// bare container).
fn parameters(config: &SmtpConfig) -> Result<TlsParameters, String> {
    let has_roots = !rustls_native_certs::load_native_certs().certs.is_empty();
    TlsParameters::builder(config.host.clone())
        .certificate_store(if has_roots { CertificateStore::Default } else { CertificateStore::WebpkiRoots })
        .dangerous_accept_invalid_certs(config.is_loopback)
        .dangerous_accept_invalid_hostnames(config.is_loopback)
        .build_rustls()
        .map_err(|error| format!("SEKISHO_SMTP_URL: TLS cannot be used: {}.", told(&error)))
}

fn delay(error: &Error) -> Delay {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !REFUSES_US.contains(&code) => Delay::Never(format!("code {code}")),
        // The code only: servers like to repeat the address in their text.
        Some(code) => Delay::Later(format!("code {code}")),
        None if error.is_response() => Delay::Later("an answer that is no SMTP".to_owned()),
        None => Delay::Later(told(error)),
    }
}

/// The error and its causes, as one line.
fn told(error: &Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        line = format!("{line}: {next}");
        cause = next.source();
    }
    line
}
