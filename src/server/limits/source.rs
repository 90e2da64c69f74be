//! Who is one sender, as far as addresses tell.

use std::net::{IpAddr, Ipv6Addr};

/// The name of the sender at `address`: one IPv4 address, or a /64 of IPv6, which is what one
/// household or server gets. What is no address is a sender of its own.
pub fn source(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
            format!("{network}/64")
        }
        Err(_) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_64_is_one_source_and_mapped_addresses_are_folded() {
        assert_eq!(source("203.0.113.7"), "203.0.113.7");
        assert_eq!(source("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(source("2001:db8:1:2:3:4:5:6"), source("2001:db8:1:2:ffff::1"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_eq!(source("unknown"), "unknown");
    }
}
