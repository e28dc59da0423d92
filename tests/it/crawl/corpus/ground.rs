//! Where cases are played: on loopback, and in a network in which every address is this machine.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use klarstelle::net::{self, Client, Names};

use super::super::Stage;
use crate::support::fake_web::{FakeWeb, Script};

/// Where a case is played.
pub(super) struct Place {
    pub(super) site: String,
    pub(super) other: String,
    /// Host and port of a canary.
    pub(super) inside: String,
    /// `:` and the port at which canaries stand, if it has to be said.
    pub(super) port: String,
}

impl Place {
    pub(super) fn fill(&self, text: &str) -> String {
        [
            ("{site}", &self.site),
            ("{other}", &self.other),
            ("{inside}", &self.inside),
            ("{port}", &self.port),
        ]
        .iter()
        .fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value))
    }

    /// Long bodies name no places, and are costly to search.
    pub(super) fn fill_script(&self, script: Script) -> Script {
        match script {
            Script::Raw(bytes) if bytes.len() < 100_000 => match String::from_utf8(bytes) {
                Ok(text) => Script::Raw(self.fill(&text).into_bytes()),
                Err(error) => Script::Raw(error.into_bytes()),
            },
            Script::Page(kind, text) if text.len() < 100_000 => Script::Page(kind, self.fill(&text)),
            Script::InTurn(scripts) => Script::InTurn(scripts.into_iter().map(|one| self.fill_script(one)).collect()),
            other => other,
        }
    }
}

/// The ground on which cases are played.
pub(super) trait Ground: Send + Sync {
    /// Hosts for the case of this number, and a crawler for them.
    fn stage(&self, number: usize, patience: Duration) -> (Stage, Place);
}

/// Loopback: only the two hosts of the case are allowed, and canaries stand beside them.
pub(super) struct Loopback {
    pub(super) canaries: u16,
}

impl Ground for Loopback {
    fn stage(&self, _: usize, patience: Duration) -> (Stage, Place) {
        let stage = Stage::hosts(&["site", "other"]);
        let allowed: Vec<_> = stage.web.addresses.values().map(ToString::to_string).collect();
        let settings = net::Settings {
            allowed: allowed.join(",").parse().expect("loopback"),
            ..patient(patience)
        };
        let client = Client::new(settings).expect("a client");
        let host = |name: &str| format!("http://{}", stage.web.addresses[name]);
        let place = Place {
            site: host("site"),
            other: host("other"),
            inside: format!("127.0.0.2:{}", self.canaries),
            port: format!(":{}", self.canaries),
        };
        (Stage { client, ..stage }, place)
    }
}

/// A network in which every address is this machine: the hosts of each case have public addresses of their own.
pub(super) struct Public;

impl Ground for Public {
    fn stage(&self, number: usize, patience: Duration) -> (Stage, Place) {
        let [high, low] = u16::try_from(number).expect("few cases").to_be_bytes();
        let (site, other) = (Ipv4Addr::new(93, 184, high, low), Ipv4Addr::new(93, 185, high, low));
        let mut web = FakeWeb::hosts(&[]);
        web.host_at("site", SocketAddr::new(site.into(), 80));
        web.host_at("other", SocketAddr::new(other.into(), 80));
        let names = Hostile {
            site: site.into(),
            other: other.into(),
            asked: AtomicUsize::new(0),
        };
        let client = Client::with_names(patient(patience), Arc::new(names)).expect("a client");
        let place = Place {
            site: "http://site.example".to_owned(),
            other: "http://other.example".to_owned(),
            inside: "10.0.0.1".to_owned(),
            port: String::new(),
        };
        (Stage::with(web, client), place)
    }
}

/// The default settings, but for the time that silence takes.
fn patient(deadline: Duration) -> net::Settings {
    net::Settings {
        deadline,
        ..net::Settings::default()
    }
}

/// A hostile name server. `turning.example` answers a public address once, and loopback from then on.
struct Hostile {
    site: IpAddr,
    other: IpAddr,
    asked: AtomicUsize,
}

impl Names for Hostile {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let (site, other) = (self.site.to_string(), self.other.to_string());
        let is_turned = name == "turning.example" && self.asked.fetch_add(1, Ordering::SeqCst) > 0;
        let answer: &[&str] = match name.as_str() {
            "turning.example" if is_turned => &["127.0.0.1"],
            "site.example" | "site.example." | "turning.example" => &[&site],
            "other.example" => &[&other],
            "mixed.example" => &[&site, "10.0.0.1"],
            "mixed6.example" => &["fd00::1", &site],
            "inside.example" | "metadata.google.internal" => &["169.254.169.254"],
            "mapped.example" => &["::ffff:127.0.0.1"],
            "home.example" => &["127.0.0.1"],
            _ => &[],
        };
        let answer = answer.iter().map(|ip| ip.parse().expect("an address")).collect();
        Box::pin(async { Ok(answer) })
    }
}
