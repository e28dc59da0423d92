//! What the development switch opens, in a network without an outside, where a canary stands at every address. What is refused
//! without it stands in `crawl/corpus/addresses.rs`, row by row.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures_util::future::BoxFuture;
use klarstelle::{
    domain::WebUrl,
    net::{Client, Names, Settings},
};

use super::outcome;
use crate::support::{
    canary::Canary,
    fake_web::{FakeWeb, html},
    namespace,
};

/// A public address, at which a server of ours stands in the namespace.
const PUBLIC: &str = "93.184.215.14";

/// A name server that sends one name here and another to loopback.
struct Known;

impl Names for Known {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let answer: &[&str] = match name.as_str() {
            "good.example" => &[PUBLIC],
            "home.example" => &["127.0.0.1"],
            _ => &[],
        };
        let answer = answer.iter().map(|ip| ip.parse().expect("an address")).collect();
        Box::pin(async { Ok(answer) })
    }
}

fn client(allowed: &str, names: Arc<dyn Names>) -> Client {
    let allowed = allowed.parse().expect("loopback");
    let settings = Settings {
        allowed,
        deadline: Duration::from_secs(5),
        ..Settings::default()
    };
    Client::with_names(settings, names).expect("a client")
}

/// The word for what became of an address: `no_url` if it is none.
async fn word(client: &Client, url: &str) -> &'static str {
    match WebUrl::parse(url) {
        Ok(url) => outcome(client, url).await.map_or_else(|word| word, |_| "fetched"),
        Err(_) => "no_url",
    }
}

/// The canaries would have seen it: a plain connection to any of these addresses arrives.
#[tokio::test]
async fn a_canary_sees_what_gets_through() {
    if !namespace::entered("net::addresses::a_canary_sees_what_gets_through") {
        return;
    }
    let (_web, canary) = stage();
    for address in [
        "10.0.0.1:80",
        "169.254.169.254:80",
        "[fd00:ec2::254]:80",
        "[64:ff9b::7f00:1]:80",
    ] {
        tokio::net::TcpStream::connect(address).await.expect(address);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(canary.seen(), 4);
}

/// The development switch opens what it names and no more, for names too.
#[tokio::test]
async fn excepted_loopback_addresses_open_nothing_else() {
    if !namespace::entered("net::addresses::excepted_loopback_addresses_open_nothing_else") {
        return;
    }
    let (mut web, canary) = stage();
    web.host_at("dev", SocketAddr::from(([127, 0, 0, 1], 8000)));
    web.put("dev", "/", html("dev"));
    for (allowed, url, wanted) in [
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", "fetched"),
        ("127.0.0.1:8000", "http://127.0.0.1:6379/", "address_not_allowed"),
        ("127.0.0.1:8000", "http://127.0.0.2:8000/", "address_not_allowed"),
        (
            "127.0.0.1:8000",
            "http://[::ffff:127.0.0.1]:8000/",
            "address_not_allowed",
        ),
        // A name's port is not known where it is resolved, so an entry with a port is for that address only.
        ("127.0.0.1:8000", "http://home.example:8000/", "address_not_allowed"),
        ("127.0.0.1", "http://home.example:8000/", "fetched"),
        ("127.0.0.1", "http://localhost:8000/", "fetched"),
        ("127.0.0.1", "http://10.0.0.1/", "address_not_allowed"),
        ("127.0.0.1", "http://good.example:8000/", "address_not_allowed"),
        ("127.0.0.1", "http://93.184.215.14:8000/", "port_not_allowed"),
        ("127.0.0.1", "http://good.example/", "fetched"),
        ("", "http://127.0.0.1:8000/", "address_not_allowed"),
    ] {
        let client = client(allowed, Arc::new(Known));
        assert_eq!(word(&client, url).await, wanted, "{url} with {allowed:?}");
    }
    assert_eq!(canary.seen(), 0);
}

/// A server at one public address, canaries at all others.
fn stage() -> (FakeWeb, Canary) {
    let mut web = FakeWeb::hosts(&[]);
    web.host_at("public", SocketAddr::new(PUBLIC.parse().expect("an address"), 80));
    web.put("public", "/", html("good"));
    let mut canary = Canary::default();
    for port in [22, 80, 443, 6379] {
        // Dual stack: `[::]` takes IPv4 too.
        canary.perch((Ipv6Addr::UNSPECIFIED, port).into());
    }
    (web, canary)
}
