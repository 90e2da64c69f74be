//! How much is let through, and whose word counts for where a request comes from.

use super::PublicUrl;
use super::reader::Reader;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// Limits of what may be tried.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// `SEKISHO_THROTTLE`: `on` (default) or `off`, for load tests; refused unless the public URL is loopback.
    pub is_on: bool,
    /// `SEKISHO_REGISTRATIONS_PER_SOURCE`: new accounts in an hour from one source, 30.
    pub registrations_per_source: i64,
    /// `SEKISHO_REGISTRATIONS_PER_HOUR`: new accounts in an hour from everywhere, 1000.
    pub registrations_per_hour: i64,
    /// `SEKISHO_TRUSTED_PROXIES`: addresses or CIDR blocks, separated by commas. Default none, or
    /// loopback behind an https proxy on the same host.
    pub trusted_proxies: Networks,
}

const PROXIES: &str = "SEKISHO_TRUSTED_PROXIES";
const THROTTLE: &str = "SEKISHO_THROTTLE";

impl LimitsConfig {
    /// Reads the settings.
    pub fn read(reader: &mut Reader, listen: SocketAddr, public_url: &PublicUrl, serves_tls: bool) -> Self {
        let is_on = reader.choice(THROTTLE, ["on", "off"]) == 0;
        if !is_on && !public_url.is_loopback {
            reader.complain(format!("{THROTTLE} may be off only where SEKISHO_PUBLIC_URL is a loopback address."));
        }
        let is_behind_a_proxy = listen.ip().is_loopback() && public_url.is_https && !serves_tls;
        let default = if is_behind_a_proxy { "127.0.0.0/8,::1" } else { "" };
        Self {
            is_on,
            registrations_per_source: reader.positive("SEKISHO_REGISTRATIONS_PER_SOURCE", 30),
            registrations_per_hour: reader.positive("SEKISHO_REGISTRATIONS_PER_HOUR", 1000),
            trusted_proxies: Networks::read(reader, default),
        }
    }
}

/// A set of addresses.
#[derive(Clone, Debug, Default)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// The addresses of any of `networks`.
    pub fn new(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// True if `address` is one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    fn read(reader: &mut Reader, default: &str) -> Self {
        let listed = reader.text(PROXIES, default);
        let mut networks = Vec::new();
        for text in listed.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            match text.parse() {
                Ok(network) => networks.push(network),
                Err(()) => reader.complain(format!(
                    "{PROXIES} must list addresses or blocks such as 192.0.2.1 or 10.0.0.0/8, not {text:?}."
                )),
            }
        }
        Self(networks)
    }
}

/// A CIDR block, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    V4 { first: Ipv4Addr, mask: u32 },
    V6 { first: Ipv6Addr, mask: u128 },
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::V4 { first, mask }, IpAddr::V4(address)) => address.to_bits() & mask == first.to_bits(),
            (Self::V6 { first, mask }, IpAddr::V6(address)) => address.to_bits() & mask == first.to_bits(),
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    /// Bits after the prefix must be zero: `10.1.2.3/8` is more likely a slip than meant.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let bits: Option<u32> = bits.map(str::parse).transpose().map_err(|_| ())?;
        let network = match address {
            IpAddr::V4(first) => {
                let zeros = 32u32.checked_sub(bits.unwrap_or(32)).ok_or(())?;
                Self::V4 { first, mask: u32::MAX.checked_shl(zeros).unwrap_or(0) }
            }
            IpAddr::V6(first) => {
                let zeros = 128u32.checked_sub(bits.unwrap_or(128)).ok_or(())?;
                Self::V6 { first, mask: u128::MAX.checked_shl(zeros).unwrap_or(0) }
            }
        };
        if network.contains(address) { Ok(network) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn contains(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_block_contains_what_shares_its_prefix() {
        assert!(contains("10.0.0.0/8", "10.255.0.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("192.0.2.1", "192.0.2.1") && !contains("192.0.2.1", "192.0.2.2"));
        assert!(contains("0.0.0.0/0", "203.0.113.7") && !contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1") && !contains("2001:db8::/32", "2001:db9::1"));
        assert!(contains("::/0", "2001:db8::1") && contains("10.0.0.0/8", "::ffff:10.0.0.1"));
        for garbage in ["", "10.0.0.0/33", "::/129", "10.1.2.3/8", "localhost", "10.0.0.0/-1", "10.0.0.0/8/8", "/8"] {
            assert!(garbage.parse::<Network>().is_err(), "{garbage}");
        }
    }
}
