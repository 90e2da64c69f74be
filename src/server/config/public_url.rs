//! How browsers reach us: the one source of links, origins and the host we answer to.

use super::reader::Reader;
use std::net::SocketAddr;
use url::{Host, Url};

/// The public address of this server.
#[derive(Clone, Debug)]
pub struct PublicUrl {
    /// Scheme, host and port as a browser spells them in `Origin`.
    pub origin: String,
    /// Host without port.
    pub host: String,
    /// Host with port where the scheme's own is not used: what `Host` must say.
    pub authority: String,
    pub is_https: bool,
    pub is_loopback: bool,
}

const NAME: &str = "SEKISHO_PUBLIC_URL";

impl PublicUrl {
    /// Reads the setting; complains where passwords would travel in clear, or where it
    /// contradicts `serves_tls`: that we serve https ourselves.
    pub fn read(reader: &mut Reader, listen: SocketAddr, serves_tls: bool) -> Self {
        let fallback = format!("{}://{listen}", if serves_tls { "https" } else { "http" });
        let text = match reader.optional(NAME) {
            Some(text) => text,
            None if listen.ip().is_loopback() => fallback.clone(),
            None => {
                reader.complain(format!("{NAME} must be set, for SEKISHO_LISTEN is not a loopback address."));
                return Self::parse("http://127.0.0.1").unwrap_or_else(|_| unreachable_default());
            }
        };
        let public_url = Self::parse(&text).unwrap_or_else(|wanted| {
            reader.complain(format!("{NAME} must be {wanted}, not {text:?}."));
            unreachable_default()
        });
        if serves_tls && text.starts_with("http:") {
            reader.complain(format!("{NAME} must be https where SEKISHO_TLS_CERT_FILE is set."));
        }
        public_url
    }

    fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text).map_err(|_| "a URL such as https://login.example.org")?;
        let host = url.host().ok_or("a URL with a host name")?;
        let is_loopback = match &host {
            Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
            return Err("https (plain http only for a loopback address)");
        }
        if url.path() != "/" || url.query().is_some() || !url.username().is_empty() {
            return Err("an address without a path");
        }
        let host = host.to_string();
        let authority = url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let origin = format!("{}://{authority}", url.scheme());
        Ok(Self { origin, host, authority, is_https: url.scheme() == "https", is_loopback })
    }
}

/// Stands in while the start is being refused; never served.
fn unreachable_default() -> PublicUrl {
    PublicUrl {
        origin: String::new(),
        host: String::new(),
        authority: String::new(),
        is_https: false,
        is_loopback: false,
    }
}
