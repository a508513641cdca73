//! Where a request comes from. `X-Forwarded-For` is believed from configured proxies only, and a chain that can't be
//! read denies (fault 6).

use std::net::IpAddr;

use axum::http::HeaderMap;

use crate::base::{Address, Networks};

/// A chain of proxies with something in it that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreadableChain;

/// The nearest address that isn't one of our own proxies.
pub fn of_request(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> Result<Address, UnreadableChain> {
    let mut nearest = Address::from(peer);
    if proxies.is_empty() || !proxies.contain(nearest) {
        return Ok(nearest);
    }
    let mut hops = Vec::new();
    for line in headers.get_all("x-forwarded-for") {
        let line = line.to_str().map_err(|_| UnreadableChain)?;
        hops.extend(line.split(','));
    }
    for hop in hops.into_iter().rev() {
        nearest = parse_hop(hop).ok_or(UnreadableChain)?;
        if !proxies.contain(nearest) {
            break;
        }
    }
    Ok(nearest)
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn parse_hop(hop: &str) -> Option<Address> {
    let hop = hop.trim();
    Address::parse(hop)
        .or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|socket| Address::from(socket.ip())))
        .or_else(|| {
            let bare = hop.strip_prefix('[')?.strip_suffix(']')?;
            Address::parse(bare)
        })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::{UnreadableChain, of_request};
    use crate::base::{Address, Networks};

    fn seen(peer: &str, chain: &str, proxies: &str) -> Result<String, UnreadableChain> {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_str(chain).unwrap());
        of_request(peer.parse().unwrap(), &headers, &Networks::parse(proxies).unwrap())
            .map(|address| address.to_string())
    }

    #[test]
    fn a_forwarded_address_counts_from_a_trusted_proxy_only() {
        assert_eq!(seen("203.0.113.9", "192.0.2.1", "10.0.0.0/8"), Ok("203.0.113.9".to_owned()));
        assert_eq!(seen("10.0.0.1", "192.0.2.1", "10.0.0.0/8"), Ok("192.0.2.1".to_owned()));
        assert_eq!(seen("::ffff:10.0.0.1", "192.0.2.1", "10.0.0.0/8"), Ok("192.0.2.1".to_owned()));
        assert_eq!(seen("10.0.0.1", "192.0.2.1", ""), Ok("10.0.0.1".to_owned()));
    }

    #[test]
    fn what_a_caller_puts_before_its_own_address_is_not_believed() {
        assert_eq!(seen("10.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2", "10.0.0.0/8"), Ok("198.51.100.7".to_owned()));
        assert_eq!(seen("10.0.0.1", "192.0.2.1, [2001:db8::1]:443", "10.0.0.0/8"), Ok("2001:db8::1".to_owned()));
    }

    #[test]
    fn a_chain_that_can_not_be_read_denies() {
        for chain in ["unknown", "192.0.2.1, , 10.0.0.2", "", "_hidden", "192.0.2.1;10.0.0.2"] {
            assert_eq!(seen("10.0.0.1", chain, "10.0.0.0/8"), Err(UnreadableChain), "{chain}");
        }
    }

    proptest! {
        #[test]
        fn no_chain_makes_an_untrusted_peer_somebody_else(chain in "[ -~]{0,60}", peer: [u8; 4]) {
            let proxies = Networks::parse("10.0.0.0/8").unwrap();
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_str(&chain).unwrap());
            prop_assume!(peer[0] != 10);
            let own = Address::from(std::net::IpAddr::from(peer));
            prop_assert_eq!(of_request(peer.into(), &headers, &proxies), Ok(own));
        }
    }
}
