//! Where a request comes from: the peer of its socket, or whom a proxy of ours names.

use super::cookies::{self, Jar};
use super::language::language;
use crate::server::audit::{Origin, Shown};
use crate::server::config::Networks;
use crate::server::keys::Token;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, header, request::Parts};
use std::net::{IpAddr, SocketAddr};

const MAX_AGENT_BYTES: usize = 256;

/// Address and agent of a request; with `jar`, where cookies are read, also its language, device and logins.
pub fn origin_of(proxies: &Networks, parts: &Parts, jar: Option<&Jar>) -> Origin {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| client(proxies, peer, &parts.headers));
    let address = address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let agent = agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT_BYTES).collect();
    let chosen = jar.and_then(|jar| jar.one(cookies::LANGUAGE));
    let digest = |cookie| jar.and_then(|jar| jar.one(cookie)).and_then(Token::parse).map(|token| token.digest());
    let shown = Shown { session: digest(cookies::SESSION), pending: digest(cookies::MFA) };
    let (language, device) = (language(chosen, &parts.headers), digest(cookies::DEVICE));
    Origin { address, agent, language, device, shown }
}

/// The last hop that is no proxy of ours. What stands before it was written by the client, and
/// `Forwarded` and `X-Real-IP` are believed of nobody.
pub fn client(proxies: &Networks, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    for hop in lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')) {
        let Some(named) = address(hop.trim()).filter(|_| proxies.contain(client)) else { break };
        client = named;
    }
    client
}

/// True for what a page of another site loads as a part of itself: an image, a script, a fetch. A
/// person who follows a link from there is welcome.
pub fn is_part_of_another_site(headers: &HeaderMap) -> bool {
    let says = |name: &str, words: &[&str]| {
        headers.get(name).is_some_and(|value| words.iter().any(|word| value.as_bytes() == word.as_bytes()))
    };
    says("sec-fetch-site", &["cross-site", "same-site"])
        && headers.contains_key("sec-fetch-mode")
        && !says("sec-fetch-mode", &["navigate"])
}

/// An address as proxies spell it, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(proxies: &[&str], peer: &str, lines: &[&'static str]) -> String {
        let proxies = Networks::new(proxies.iter().map(|text| text.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        for other in ["forwarded", "x-real-ip", "true-client-ip"] {
            headers.insert(other, "for=198.51.100.9".parse().unwrap());
        }
        client(&proxies, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_but_a_trusted_proxy_names_the_client() {
        assert_eq!(seen(&[], "192.0.2.1", &["203.0.113.7"]), "192.0.2.1");
        assert_eq!(seen(&["10.0.0.0/8"], "192.0.2.1", &["203.0.113.7"]), "192.0.2.1");
        assert_eq!(seen(&["10.0.0.0/8"], "10.1.2.3", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(seen(&["10.0.0.0/8"], "::ffff:10.1.2.3", &["203.0.113.7:4711"]), "203.0.113.7");
        assert_eq!(seen(&["::1"], "::1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(seen(&["10.0.0.0/8"], "10.1.2.3", &[]), "10.1.2.3");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts_and_garbage_ends_the_walk() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(seen(&proxies, "10.0.0.1", &["1.1.1.1, 203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(seen(&proxies, "10.0.0.1", &["1.1.1.1", "203.0.113.7", "10.0.0.2"]), "203.0.113.7");
        assert_eq!(seen(&proxies, "10.0.0.1", &["1.1.1.1, nonsense, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(seen(&proxies, "10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(seen(&proxies, "10.0.0.1", &["1.1.1.1,"]), "10.0.0.1");
    }
}
