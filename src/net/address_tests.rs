use proptest::prelude::*;

use super::*;

/// One address out of each special block, and those just outside. Rows F1 to F7 of the threat list.
const REFUSED: &[&str] = &[
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "3fff:fff::1",
    "5f00::1",
    "4000::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "1fff::1",
];

const TAKEN: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2001:db7::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700::1111",
    "2a00:1450::1",
    "3ffe::1",
    "3fff:1000::1",
];

#[test]
fn only_public_addresses_are_global() {
    for (addresses, wanted) in [(REFUSED, false), (TAKEN, true)] {
        for address in addresses {
            assert_eq!(is_global(address.parse().expect(address)), wanted, "{address}");
        }
    }
}

/// Every way of writing an IPv4 address inside an IPv6 one: the guard must not be talked round by any of them.
fn carriers(ip: Ipv4Addr) -> Vec<Ipv6Addr> {
    let [a, b, c, d] = ip.octets().map(u16::from);
    let (high, low) = (a << 8 | b, c << 8 | d);
    vec![
        ip.to_ipv6_mapped(),
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
        Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !high, !low),
    ]
}

proptest! {
    #[test]
    fn no_ipv6_address_carries_an_ipv4_address_through(bits: u32) {
        for carrier in carriers(Ipv4Addr::from_bits(bits)) {
            prop_assert!(!is_global(carrier.into()), "{carrier}");
        }
    }

    /// An independent rule: the standard library's own classes, where it has stable ones.
    #[test]
    fn nothing_that_the_standard_library_calls_special_is_global(bits: u32, wide: u128) {
        let (old, new) = (Ipv4Addr::from_bits(bits), Ipv6Addr::from_bits(wide));
        let special = old.is_private() || old.is_loopback() || old.is_link_local() || old.is_multicast()
            || old.is_broadcast() || old.is_documentation() || old.is_unspecified();
        prop_assert!(!(special && is_global(old.into())), "{old}");
        let special = new.is_loopback() || new.is_multicast() || new.is_unique_local()
            || new.is_unicast_link_local() || new.is_unspecified() || new.to_ipv4().is_some();
        prop_assert!(!(special && is_global(new.into())), "{new}");
    }

    #[test]
    fn each_special_block_is_refused_whole(block in 0..SPECIAL_V4.len() + SPECIAL_V6.len(), bits: u128) {
        let inside: IpAddr = match block.checked_sub(SPECIAL_V4.len()) {
            None => {
                let net = SPECIAL_V4[block];
                Ipv4Addr::from_bits(net.network().to_bits() | (bits as u32 & net.hostmask().to_bits())).into()
            }
            Some(block) => {
                let net = SPECIAL_V6[block];
                Ipv6Addr::from_bits(net.network().to_bits() | (bits & net.hostmask().to_bits())).into()
            }
        };
        prop_assert!(!is_global(inside), "{inside}");
    }

    #[test]
    fn nothing_but_loopback_can_be_allowed(bits: u32, prefix in 0..=32_u8) {
        let text = format!("{}/{prefix}", Ipv4Addr::from_bits(bits));
        let is_loopback = bits >> 24 == 127 && prefix >= 8;
        prop_assert_eq!(text.parse::<Allowed>().is_ok(), is_loopback, "{}", text);
    }
}

#[test]
fn exceptions_hold_for_what_they_say() {
    for (list, address, wanted) in [
        ("", "127.0.0.1:80", false),
        ("127.0.0.1", "127.0.0.1:80", true),
        ("127.0.0.1", "127.0.0.1:6379", true),
        ("127.0.0.1", "127.0.0.2:80", false),
        ("127.0.0.0/8", "127.9.9.9:1", true),
        (" 127.0.0.1:8000 , [::1]:8001 ", "127.0.0.1:8000", true),
        ("127.0.0.1:8000,[::1]:8001", "127.0.0.1:8001", false),
        ("127.0.0.1:8000,[::1]:8001", "[::1]:8001", true),
        ("::1", "[::1]:5", true),
        ("[::1]", "[::1]:5", true),
        ("::1/128,", "[::1]:5", true),
        ("localhost:8000", "127.0.0.1:8000", true),
        ("localhost:8000", "[::1]:8000", true),
        ("localhost:8000", "[::1]:8001", false),
        ("localhost", "127.0.0.1:9", true),
        ("127.0.0.0/8,::1", "[::ffff:127.0.0.1]:80", false),
    ] {
        let allowed: Allowed = list.parse().expect(list);
        assert_eq!(
            allowed.permits(address.parse().expect(address)),
            wanted,
            "{list:?} {address}"
        );
    }
}

#[test]
fn other_entries_are_refused_with_the_entry_named() {
    for entry in [
        "10.0.0.1",
        "0.0.0.0/0",
        "127.0.0.0/7",
        "192.168.0.0/16:80",
        "::/0",
        "::1/127",
        "8.8.8.8",
        "::ffff:127.0.0.1",
    ] {
        let error = format!("127.0.0.1,{entry}").parse::<Allowed>().expect_err(entry);
        assert!(error.to_string().starts_with(&format!("`{entry}` is no")), "{error}");
    }
    for entry in ["news.example", "localhostage", "127.0.0.1:99999", "127.0.0.1:", "*"] {
        assert_eq!(
            entry.parse::<Allowed>(),
            Err(AllowedError::Unreadable(entry.to_owned()))
        );
    }
}
