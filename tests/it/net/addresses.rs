//! Rows F1 to F13, F16 and F17, in a network without an outside, where a canary stands at every address: none of them may
//! see a connection, whatever the address was written like.

use std::{
    io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use klarstelle::{
    domain::WebUrl,
    net::{Client, Names, Settings},
};
use tokio::task::JoinSet;

use super::outcome;
use crate::support::{
    fake_web::{FakeWeb, html, redirect, shared_listener},
    namespace,
};

/// A public address, at which a server of ours stands in the namespace.
const PUBLIC: &str = "93.184.215.14";

/// Counts the connections to every address of this machine (in the namespace: to every address there is).
#[derive(Clone, Default)]
struct Canary(Arc<AtomicUsize>);

impl Canary {
    fn listen(&self, ports: &[u16], servers: &mut JoinSet<()>) {
        for &port in ports {
            // Dual stack: `[::]` takes IPv4 too.
            let listener = shared_listener((Ipv6Addr::UNSPECIFIED, port).into());
            let canary = self.clone();
            servers.spawn(async move {
                while listener.accept().await.is_ok() {
                    canary.0.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    }

    fn seen(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A hostile name server. `turning.example` answers a public address once, and loopback from then on.
#[derive(Default)]
struct Hostile {
    asked: AtomicUsize,
}

impl Names for Hostile {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        let answer: &[&str] = match name.as_str() {
            "good.example" => &[PUBLIC],
            "mixed.example" => &[PUBLIC, "10.0.0.1"],
            "mixed6.example" => &["fd00::1", PUBLIC],
            "inside.example" | "metadata.google.internal" => &["169.254.169.254"],
            "mapped.example" => &["::ffff:127.0.0.1"],
            "turning.example" if first => &[PUBLIC],
            "turning.example" | "home.example" => &["127.0.0.1"],
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

/// Written in many ways: rows F1 to F10 and F16.
const REFUSED: &[(&str, &str)] = &[
    ("http://127.0.0.1/", "address_not_allowed"),
    ("http://127.1/", "address_not_allowed"),
    ("http://localhost/", "address_not_allowed"),
    ("http://localhost./", "address_not_allowed"),
    ("http://LOCALHOST/", "address_not_allowed"),
    ("http://x.localhost/", "address_not_allowed"),
    ("http://0.0.0.0:22/", "address_not_allowed"),
    ("http://[::]/", "address_not_allowed"),
    ("http://[::1]/", "address_not_allowed"),
    ("http://[::ffff:127.0.0.1]/", "address_not_allowed"),
    ("http://[::ffff:a9fe:a9fe]/", "address_not_allowed"),
    ("http://[::127.0.0.1]/", "address_not_allowed"),
    ("http://169.254.169.254/latest/meta-data/", "address_not_allowed"),
    ("http://[fd00:ec2::254]/", "address_not_allowed"),
    ("http://metadata.google.internal/", "address_not_allowed"),
    ("http://10.0.0.1/", "address_not_allowed"),
    ("http://172.16.0.1/", "address_not_allowed"),
    ("http://192.168.1.1/", "address_not_allowed"),
    ("http://100.64.0.1/", "address_not_allowed"),
    ("http://192.0.0.8/", "address_not_allowed"),
    ("http://192.0.2.1/", "address_not_allowed"),
    ("http://198.18.0.1/", "address_not_allowed"),
    ("http://198.51.100.1/", "address_not_allowed"),
    ("http://203.0.113.1/", "address_not_allowed"),
    ("http://192.88.99.1/", "address_not_allowed"),
    ("http://224.0.0.1/", "address_not_allowed"),
    ("http://240.0.0.1/", "address_not_allowed"),
    ("http://255.255.255.255/", "address_not_allowed"),
    ("http://[fe80::1%25eth0]/", "no_url"),
    ("http://[fe80::1]/", "address_not_allowed"),
    ("http://[ff02::1]/", "address_not_allowed"),
    ("http://[64:ff9b::7f00:1]/", "address_not_allowed"),
    ("http://[64:ff9b:1::1]/", "address_not_allowed"),
    ("http://[2002:7f00:1::]/", "address_not_allowed"),
    ("http://[2001::1]/", "address_not_allowed"),
    ("http://[2001:db8::1]/", "address_not_allowed"),
    ("http://[3fff::1]/", "address_not_allowed"),
    ("http://[100::1]/", "address_not_allowed"),
    ("http://[5f00::1]/", "address_not_allowed"),
    ("http://2130706433/", "address_not_allowed"),
    ("http://0x7f000001/", "address_not_allowed"),
    ("http://0177.0.0.1/", "address_not_allowed"),
    ("http://0x7f.1/", "address_not_allowed"),
    ("http://127.0.0.1./", "address_not_allowed"),
    ("http://①②⑦.⓪.⓪.①/", "address_not_allowed"),
    ("http://127。0。0。1/", "address_not_allowed"),
    ("http://127.0.\u{ad}0.1/", "address_not_allowed"),
    ("http://good.example@127.0.0.1/", "no_url"),
    ("http://good.example\\@127.0.0.1/", "fetched"),
    ("http://127.0.0.1#@good.example/", "address_not_allowed"),
    ("http://inside.example/", "address_not_allowed"),
    ("http://mapped.example/", "address_not_allowed"),
    ("http://mixed.example/", "address_not_allowed"),
    ("http://mixed6.example/", "address_not_allowed"),
    ("http://home.example/", "address_not_allowed"),
    ("http://unknown.example/", "dns"),
    ("http://good.example:22/", "port_not_allowed"),
    ("http://93.184.215.14:25/", "port_not_allowed"),
    ("http://[2606:4700::1111]:6379/", "port_not_allowed"),
    ("http://good.example:5432/", "port_not_allowed"),
    ("http://good.example:0/", "port_not_allowed"),
    ("http://good.example:65536/", "no_url"),
];

#[tokio::test]
async fn nothing_inside_is_ever_connected_to() {
    if !namespace::entered("net::addresses::nothing_inside_is_ever_connected_to") {
        return;
    }
    let (web, canary, _servers) = stage();
    let client = client("", Arc::new(Hostile::default()));
    for (url, wanted) in REFUSED {
        assert_eq!(word(&client, url).await, *wanted, "{url}");
        web.put("public", "/", redirect(url));
        let after_redirect = word(&client, "http://good.example/").await;
        let wanted = match *wanted {
            "no_url" => "url_not_allowed",
            other => other,
        };
        assert_eq!(after_redirect, wanted, "redirect to {url}");
        web.put("public", "/", html("good"));
    }
    assert_eq!(canary.seen(), 0);
}

/// The canaries would have seen it: a plain connection to any of these addresses arrives.
#[tokio::test]
async fn a_canary_sees_what_gets_through() {
    if !namespace::entered("net::addresses::a_canary_sees_what_gets_through") {
        return;
    }
    let (_web, canary, _servers) = stage();
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

/// Row F11: one resolution a connection, and the connection goes to what was judged.
#[tokio::test]
async fn a_name_that_turns_round_gets_nowhere() {
    if !namespace::entered("net::addresses::a_name_that_turns_round_gets_nowhere") {
        return;
    }
    let (_web, canary, _servers) = stage();
    let names = Arc::new(Hostile::default());
    let client = client("", names.clone());
    assert_eq!(word(&client, "http://turning.example/").await, "fetched");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert_eq!(word(&client, "http://turning.example/").await, "address_not_allowed");
    assert_eq!(canary.seen(), 0);
}

/// The development switch opens what it names and no more, for names too.
#[tokio::test]
async fn excepted_loopback_addresses_open_nothing_else() {
    if !namespace::entered("net::addresses::excepted_loopback_addresses_open_nothing_else") {
        return;
    }
    let (mut web, canary, _servers) = stage();
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
        let client = client(allowed, Arc::new(Hostile::default()));
        assert_eq!(word(&client, url).await, wanted, "{url} with {allowed:?}");
    }
    assert_eq!(canary.seen(), 0);
}

/// Row F17: a proxy would make the connection for us, past the guard.
#[tokio::test]
async fn a_proxy_in_the_environment_is_ignored() {
    const TEST: &str = "net::addresses::a_proxy_in_the_environment_is_ignored";
    if std::env::var_os("http_proxy").is_none_or(|proxy| proxy != "http://10.9.9.9:80") {
        let this = std::env::current_exe().expect("the test binary");
        let mut command = std::process::Command::new(this);
        command.args(["--exact", TEST]);
        for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
            command.env(name, "http://10.9.9.9:80");
        }
        let run = command.output().expect("runs");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
        return;
    }
    if !namespace::entered(TEST) {
        return;
    }
    let (_web, canary, _servers) = stage();
    let client = client("", Arc::new(Hostile::default()));
    assert_eq!(word(&client, "http://good.example/").await, "fetched");
    assert_eq!(canary.seen(), 0);
}

/// A server at one public address, canaries at all others.
fn stage() -> (FakeWeb, Canary, JoinSet<()>) {
    let mut web = FakeWeb::hosts(&[]);
    web.host_at("public", SocketAddr::new(PUBLIC.parse().expect("an address"), 80));
    web.put("public", "/", html("good"));
    web.put("public", "/@127.0.0.1/", html("good"));
    let (canary, mut servers) = (Canary::default(), JoinSet::new());
    canary.listen(&[22, 25, 80, 443, 6379], &mut servers);
    (web, canary, servers)
}
