//! Names to addresses, under the rule of `address`: reqwest connects only to what is handed out here, so there is no
//! second resolution in which a name could turn round.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{
    address::{Allowed, is_global},
    error::Refused,
};

/// What names resolve to. A trait so that tests can play a hostile name server.
pub trait Names: Send + Sync {
    /// All addresses of a name.
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

impl Names for SystemNames {
    fn resolve(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((name, 0))
                .await?
                .map(|address| address.ip())
                .collect())
        })
    }
}

/// Where a connection may lead, known from the port before a name is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// A usual port: public addresses, and excepted ones.
    World,
    /// Another port: excepted loopback addresses only.
    Loopback,
}

/// Resolves names for one [`Reach`]. One address that is not allowed fails the whole name: a name that mixes public and
/// private answers is an attack or a mistake, and trying the next answer would help only the attacker.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) names: Arc<dyn Names>,
    pub(super) allowed: Allowed,
    pub(super) reach: Reach,
}

impl Guard {
    pub(super) fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    fn permits(&self, ip: IpAddr) -> bool {
        self.allowed.permits_any_port(ip) || (self.reach == Reach::World && is_global(ip))
    }

    async fn addresses(self, name: String) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
        let found = if is_localhost(&name) {
            self.localhost()
        } else {
            self.names.resolve(name).await?
        };
        if found.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
        }
        if !found.iter().all(|&ip| self.permits(ip)) {
            return Err(Refused.into());
        }
        Ok(Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0))))
    }

    /// RFC 6761, 6.3: never asked of a name server. Those of the two that are allowed; if none is, both, to be refused.
    fn localhost(&self) -> Vec<IpAddr> {
        let both: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let allowed: Vec<_> = both.into_iter().filter(|&ip| self.permits(ip)).collect();
        if allowed.is_empty() { both.to_vec() } else { allowed }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(self.clone().addresses(name.as_str().to_owned()))
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}
