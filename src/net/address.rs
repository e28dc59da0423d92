//! Which addresses may be connected to. Pure: the decision is made on the address itself, never on how it was written.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// Blocks of the IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast.
const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),       // this network, RFC 791
    v4(10, 0, 0, 0, 8),      // private, RFC 1918
    v4(100, 64, 0, 0, 10),   // shared, RFC 6598
    v4(127, 0, 0, 0, 8),     // loopback, RFC 1122
    v4(169, 254, 0, 0, 16),  // link local, RFC 3927: cloud metadata services live here
    v4(172, 16, 0, 0, 12),   // private, RFC 1918
    v4(192, 0, 0, 0, 24),    // protocol assignments, RFC 6890
    v4(192, 0, 2, 0, 24),    // documentation, RFC 5737
    v4(192, 88, 99, 0, 24),  // 6to4 relays, deprecated by RFC 7526
    v4(192, 168, 0, 0, 16),  // private, RFC 1918
    v4(198, 18, 0, 0, 15),   // benchmarking, RFC 2544
    v4(198, 51, 100, 0, 24), // documentation, RFC 5737
    v4(203, 0, 113, 0, 24),  // documentation, RFC 5737
    v4(224, 0, 0, 0, 4),     // multicast, RFC 5771
    v4(240, 0, 0, 0, 4),     // reserved and limited broadcast, RFC 1112 and 919
];

/// All that is routed of IPv6. What stands outside is refused without a list: unspecified, loopback, v4-mapped and
/// v4-compatible (RFC 4291), NAT64 (RFC 6052, 8215), discard-only (RFC 6666), segment routing (RFC 9602), unique local
/// (RFC 4193), link local, multicast, and whatever is yet to be assigned.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Blocks inside [`GLOBAL_V6`] that are not public, or that carry an IPv4 address which would escape the table above.
const SPECIAL_V6: &[Ipv6Net] = &[
    v6(0x2001, 0, 23),      // protocol assignments with Teredo and ORCHID, RFC 2928, 4380, 7343
    v6(0x2001, 0x0db8, 32), // documentation, RFC 3849
    v6(0x2002, 0, 16),      // 6to4, RFC 3056
    v6(0x3fff, 0, 20),      // documentation, RFC 9637
];

/// Whether an address belongs to the public internet.
pub fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !SPECIAL_V6.iter().any(|net| net.contains(&ip)),
    }
}

/// Loopback addresses that may be fetched all the same, for development and tests: `127.0.0.1`, `127.0.0.0/28`,
/// `[::1]:8000`, `localhost:8000`, separated by commas. Nothing else private can be said in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<Exception>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    net: IpNet,
    /// `None`: any port.
    port: Option<u16>,
}

/// Why a text is no list of loopback addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowedError {
    /// Neither address, network nor host:port.
    #[error("`{0}` is no address, network (CIDR) or host:port")]
    Unreadable(String),
    /// Outside 127.0.0.0/8 and ::1.
    #[error("`{0}` is not within 127.0.0.0/8 or ::1, and nothing else private can be allowed")]
    NotLoopback(String),
}

impl Allowed {
    /// Whether this address and port are in the list.
    pub fn permits(&self, address: SocketAddr) -> bool {
        self.0
            .iter()
            .any(|e| e.net.contains(&address.ip()) && e.port.is_none_or(|port| port == address.port()))
    }

    /// Whether this address is in the list with any port: the only entries that can hold for names, because a name is
    /// resolved without knowing the port.
    pub(super) fn permits_any_port(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|e| e.port.is_none() && e.net.contains(&ip))
    }

    /// Whether nothing is excepted, which is what a server in the wild should say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Allowed {
    type Err = AllowedError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read: Result<Vec<_>, _> = entries.map(exceptions).collect();
        Ok(Self(read?.concat()))
    }
}

/// One entry: one exception, or two where `localhost` stands for both of its addresses.
fn exceptions(entry: &str) -> Result<Vec<Exception>, AllowedError> {
    match entry.strip_prefix("localhost") {
        Some(rest) => ["127.0.0.1", "[::1]"]
            .iter()
            .map(|host| exception(&format!("{host}{rest}"), entry))
            .collect(),
        None => Ok(vec![exception(entry, entry)?]),
    }
}

fn exception(text: &str, entry: &str) -> Result<Exception, AllowedError> {
    let (net, port) = net_and_port(text).ok_or_else(|| AllowedError::Unreadable(entry.to_owned()))?;
    let is_loopback = match net {
        IpNet::V4(net) => v4(127, 0, 0, 0, 8).contains(&net),
        IpNet::V6(net) => net == Ipv6Net::from(Ipv6Addr::LOCALHOST),
    };
    if is_loopback {
        Ok(Exception { net, port })
    } else {
        Err(AllowedError::NotLoopback(entry.to_owned()))
    }
}

fn net_and_port(text: &str) -> Option<(IpNet, Option<u16>)> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip().into(), Some(address.port())));
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>().map(IpNet::from);
    ip.or_else(|_| text.parse()).ok().map(|net| (net, None))
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
