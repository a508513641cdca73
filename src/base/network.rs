//! Addresses and networks, compared in one form: an IPv4 address mapped into IPv6 is that IPv4 address (R-RGT-6,
//! fault 5).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};
use serde::{Deserialize, Deserializer, Serialize};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, derive_more::Display)]
pub struct Address(IpAddr);

impl Address {
    /// Parses an address without port.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<IpAddr>().ok().map(Self::from)
    }

    /// The network of one subscriber, as far as an address tells: itself in IPv4, its /64 in IPv6, of which a
    /// subscriber has every address.
    pub fn subscriber(self) -> IpNet {
        match self.0 {
            IpAddr::V4(_) => IpNet::from(self.0),
            IpAddr::V6(v6) => Ipv6Net::new_assert(v6, 64).trunc().into(),
        }
    }

    /// Whether anybody on the Internet may have it: no private, loopback, link-local, shared, documentation, multicast
    /// or reserved address (RFC 6890), nor one that carries an IPv4 address for somebody else to unpack (6to4, Teredo,
    /// NAT64).
    pub fn is_public(self) -> bool {
        match self.0 {
            IpAddr::V4(v4) => is_public_v4(v4),
            IpAddr::V6(v6) => is_public_v6(v6),
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

/// Global unicast is 2000::/3; what is special lies below 2001:200::, in 6to4 and in the prefixes for documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let is_special = matches!((a, b), (0x2001, ..0x0200 | 0x0db8) | (0x2002, _) | (0x3fff, ..0x1000));
    (0x2000..0x4000).contains(&a) && !is_special
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

/// A list of networks; an empty list limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Networks(Vec<IpNet>);

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network: write 192.0.2.7 or 192.0.2.0/24")]
pub struct NotANetwork(String);

impl Networks {
    /// Parses addresses and networks separated by commas, blanks or lines.
    pub fn parse(text: &str) -> Result<Self, NotANetwork> {
        text.split([',', ';', ' ', '\n', '\r', '\t'])
            .filter(|word| !word.is_empty())
            .map(parse_network)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether no network is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address lies in one of the networks.
    pub fn contain(&self, address: Address) -> bool {
        self.0.iter().any(|network| network.contains(&address.0))
    }

    /// Whether this list lets the caller in. An unknown address is refused where a list applies.
    pub fn admit(&self, address: Option<Address>) -> bool {
        self.is_empty() || address.is_some_and(|address| self.contain(address))
    }

    pub fn iter(&self) -> impl Iterator<Item = &IpNet> {
        self.0.iter()
    }
}

fn parse_network(word: &str) -> Result<IpNet, NotANetwork> {
    // It is told in terminals and logs too.
    let refused = || NotANetwork(word.chars().take(60).flat_map(char::escape_debug).collect());
    if let Ok(address) = word.parse::<IpAddr>() {
        return Ok(IpNet::from(address.to_canonical()));
    }
    let network: IpNet = word.parse().map_err(|_| refused())?;
    match network {
        IpNet::V4(_) => Ok(network.trunc()),
        // A network of mapped addresses is the IPv4 network that people mean.
        IpNet::V6(v6) => match v6.addr().to_ipv4_mapped() {
            Some(v4) => {
                let prefix = v6.prefix_len().checked_sub(96).ok_or_else(refused)?;
                IpNet::new(v4.into(), prefix).map(|net| net.trunc()).map_err(|_| refused())
            }
            None => Ok(network.trunc()),
        },
    }
}

impl<'de> Deserialize<'de> for Networks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        words
            .iter()
            .map(|word| parse_network(word.trim()))
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Networks};
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_list_admits_its_networks_only_and_an_unknown_address_never() {
        let list = Networks::parse("192.0.2.0/24, 2001:db8::/32\n::ffff:198.51.100.0/120").unwrap();
        for (text, inside) in [
            ("192.0.2.7", true),
            ("192.0.3.7", false),
            ("2001:db8::1", true),
            ("198.51.100.9", true),
            ("::ffff:192.0.2.7", true),
        ] {
            assert_eq!(list.admit(Address::parse(text)), inside, "{text}");
        }
        assert!(!list.admit(None));
        assert!(Networks::default().admit(None));
        for text in ["192.0.2.0/33", "localhost", "::ffff:1.2.3.4/60", "1.2.3"] {
            assert!(Networks::parse(text).is_err(), "{text}");
        }
        let told = Networks::parse("an\u{80}ar\u{1b}[31m").unwrap_err().to_string();
        assert!(told.starts_with("`an\\u{80}ar\\u{1b}[31m` is neither"), "it is told in terminals, too: {told}");
    }

    #[test]
    fn a_subscriber_is_an_ipv4_address_or_an_ipv6_network_of_64_bits() {
        for (address, network) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(Address::parse(address).unwrap().subscriber().to_string(), network);
        }
    }

    #[test]
    fn what_the_internet_can_not_reach_is_not_public() {
        for text in [
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2a00:1450::1",
            "2001:4860::8888",
        ] {
            assert!(Address::parse(text).unwrap().is_public(), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!Address::parse(text).unwrap().is_public(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_the_same_address(octets: [u8; 4], prefix in 0u8..=32) {
            let v4 = Ipv4Addr::from(octets);
            let list = Networks::parse(&format!("{v4}/{prefix}")).unwrap();
            prop_assert!(list.admit(Address::parse(&v4.to_string())));
            let mapped = format!("::ffff:{v4}");
            prop_assert!(list.admit(Address::parse(&mapped)));
        }
    }
}
