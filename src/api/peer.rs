//! Who is calling? The socket's address and the headers come in; the address that limits count comes out. It is never logged.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;
use ipnet::IpNet;

/// The caller's address: the socket's, unless that is a trusted proxy's. Then the last `X-Forwarded-For` entry that is
/// not a trusted proxy's itself: everything before it was written by the caller and proves nothing.
pub(crate) fn client(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut client = socket.to_canonical();
    for hop in hops(headers).into_iter().rev() {
        if !is_trusted(&client) {
            break;
        }
        let Some(address) = hop.and_then(address) else { break };
        client = address.to_canonical();
    }
    client
}

/// Entries in the order of the header lines; `None` for one that is no text.
fn hops(headers: &HeaderMap) -> Vec<Option<&str>> {
    let lines = headers.get_all("x-forwarded-for").iter();
    lines
        .flat_map(|line| match line.to_str() {
            Ok(text) => text.split(',').map(|hop| Some(hop.trim())).collect(),
            Err(_) => vec![None],
        })
        .collect()
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse::<std::net::SocketAddr>().map(|socket| socket.ip());
    hop.parse().or_else(|_| with_port()).ok()
}

/// What limits count: an IPv4 address, or the /64 that one IPv6 subscriber has to choose from.
pub(crate) fn limit_key(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_saw_counts() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"]
            .iter()
            .map(|net| net.parse().unwrap())
            .collect();
        for (socket, forwarded, wanted) in [
            ("192.0.2.9", vec!["198.51.100.1"], "192.0.2.9"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["203.0.113.7, 198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                vec!["203.0.113.7", "198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", vec!["198.51.100.1, garbage"], "10.0.0.1"),
            ("10.0.0.1", vec!["198.51.100.1, garbage, 10.0.0.3"], "10.0.0.3"),
            ("10.0.0.1", vec!["[2001:db8::1]:443"], "2001:db8::1"),
            ("10.0.0.1", vec!["198.51.100.1:1234"], "198.51.100.1"),
            ("fd00::1", vec!["10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", vec![], "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let found = client(socket.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), wanted, "{socket} {forwarded:?}");
        }
    }

    #[test]
    fn one_ipv6_subscriber_is_one_caller() {
        for (one, other, same) in [
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
        ] {
            let keys = [one, other].map(|text| limit_key(text.parse().unwrap()));
            assert_eq!(keys[0] == keys[1], same, "{one} {other}");
        }
    }
}
