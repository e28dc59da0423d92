//! The client itself.

use std::{fs::File, io::Write, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use reqwest::{Response, redirect, retry};
use url::{Host, Url};

use super::{
    address::{Allowed, is_global},
    coding::{Body, CODINGS},
    error::FetchError,
    guard::{Guard, Names, Reach, SystemNames},
    response::{Fetched, Quota, Step, Validators, next_link, text},
    wire::{Answered, Wire, user_agent},
};
use crate::domain::WebUrl;

/// What the client may reach and take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Loopback addresses that may be fetched, for development.
    pub allowed: Allowed,
    /// Ports that may be connected to. Excepted loopback addresses may have any.
    pub ports: Vec<u16>,
    /// A page or mail address that tells site owners who we are; part of the `User-Agent`. Empty: not said.
    pub contact: String,
    /// Time for one fetch, redirects and body included.
    pub deadline: Duration,
    /// Time for one connection to stand.
    pub connect_timeout: Duration,
    /// Largest body taken, in bytes, on the wire and after decompression.
    pub max_body: usize,
    /// Largest body taken into a temporary file, in bytes, on the wire and after decompression.
    pub max_file: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allowed: Allowed::default(),
            ports: vec![80, 443],
            contact: String::new(),
            deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_body: 8 * 1024 * 1024,
            max_file: 4 << 30,
        }
    }
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The contact cannot stand in a header.
    #[error("the contact `{0}` cannot stand in a User-Agent header")]
    Contact(String),
    /// The HTTP library refused.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
}

/// What to fetch, and under which conditions.
#[derive(Debug, Clone)]
pub struct Request {
    url: WebUrl,
    headers: HeaderMap,
    limit: Option<Limit>,
}

/// What to do about a body that is too large.
#[derive(Debug, Clone, Copy)]
enum Limit {
    /// Nothing of it is taken.
    Refuse(usize),
    /// Its beginning is taken.
    Cut(usize),
    /// It goes to a file, unless it is small.
    File,
}

/// How many times the usual deadline a body that goes to a file may take; each piece of it has the usual one.
const FILE_DEADLINES: u32 = 60;

impl Request {
    /// A plain GET.
    pub fn get(url: WebUrl) -> Self {
        Self {
            url,
            headers: HeaderMap::new(),
            limit: None,
        }
    }

    /// Says which media types are wanted.
    #[must_use]
    pub fn accept(mut self, types: &'static str) -> Self {
        self.headers.insert(header::ACCEPT, HeaderValue::from_static(types));
        self
    }

    /// Asks only for what changed since. Values that cannot stand in a header are left out.
    #[must_use]
    pub fn unless_unchanged(mut self, validators: &Validators) -> Self {
        let pairs = [
            (header::IF_NONE_MATCH, &validators.etag),
            (header::IF_MODIFIED_SINCE, &validators.last_modified),
        ];
        for (name, value) in pairs {
            if let Some(value) = value.as_deref().and_then(|v| HeaderValue::from_str(v).ok()) {
                self.headers.insert(name, value);
            }
        }
        self
    }

    /// Proves who we are, to this host only: see [`Request::redirected`].
    #[must_use]
    pub fn authorization(mut self, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(header::AUTHORIZATION, value);
        self
    }

    /// Shows a key to this host only: see [`Request::redirected`]. It is in no address, so in no log. Under a name
    /// that no header can have, nothing is sent.
    #[must_use]
    pub fn key(mut self, name: &str, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        if let Ok(name) = HeaderName::try_from(name) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Takes a body of up to [`Settings::max_file`]: a long one goes to a temporary file, not into memory.
    #[must_use]
    pub const fn into_file(mut self) -> Self {
        self.limit = Some(Limit::File);
        self
    }

    /// Refuses a body larger than this ([`FetchError::TooLarge`]), instead of the usual limit.
    #[must_use]
    pub const fn at_most(mut self, bytes: usize) -> Self {
        self.limit = Some(Limit::Refuse(bytes));
        self
    }

    /// Takes this much of the body and leaves the rest.
    #[must_use]
    pub const fn first(mut self, bytes: usize) -> Self {
        self.limit = Some(Limit::Cut(bytes));
        self
    }

    /// What is sent with it, but for what every request has.
    pub(super) const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How much of the body is taken, if what is longer is cut.
    pub const fn cut_at(&self) -> Option<usize> {
        match self.limit {
            Some(Limit::Cut(bytes)) => Some(bytes),
            Some(Limit::Refuse(_) | Limit::File) | None => None,
        }
    }

    /// Where it is asked.
    pub const fn url(&self) -> &WebUrl {
        &self.url
    }

    /// The same request at another address. What was meant for one origin (credentials, validators) does not go to
    /// another: only the media types do.
    #[must_use]
    pub fn redirected(mut self, to: WebUrl) -> Self {
        if self.url.to_url().origin() != to.to_url().origin() {
            let accept = self.headers.remove(header::ACCEPT);
            self.headers = accept.map(|types| (header::ACCEPT, types)).into_iter().collect();
        }
        Self { url: to, ..self }
    }
}

/// The guarded HTTP client. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    world: reqwest::Client,
    loopback: reqwest::Client,
    guard: Guard,
    agent: HeaderValue,
    settings: Arc<Settings>,
}

impl Client {
    /// Most redirects followed, as RFC 9309 wants for robots.txt.
    pub const MAX_REDIRECTS: usize = 5;

    /// A client that asks the system's resolver.
    pub fn new(settings: Settings) -> Result<Self, ClientError> {
        Self::with_names(settings, Arc::new(SystemNames))
    }

    /// A client with another resolver, for tests. The guard judges its answers like any others.
    pub fn with_names(settings: Settings, names: Arc<dyn Names>) -> Result<Self, ClientError> {
        // Fails if a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allowed = settings.allowed.clone();
        let guard = Guard {
            names,
            allowed,
            reach: Reach::World,
        };
        Ok(Self {
            world: transport(&settings, guard.clone(), Versions::Any)?,
            loopback: transport(&settings, guard.clone().reaching(Reach::Loopback), Versions::Any)?,
            guard,
            agent: user_agent(&settings.contact)?,
            settings: Arc::new(settings),
        })
    }

    /// Fetches, following at most [`Client::MAX_REDIRECTS`] redirects, each checked like a first address.
    pub async fn fetch(&self, request: Request) -> Result<Fetched, FetchError> {
        let all = tokio::time::timeout(self.settings.deadline, self.follow(request));
        all.await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn follow(&self, mut request: Request) -> Result<Fetched, FetchError> {
        for _ in 0..=Self::MAX_REDIRECTS {
            match self.ask(&request).await?.step {
                Step::Done(fetched) => return Ok(fetched),
                Step::Redirect(to) => request = request.redirected(to),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    /// Sends one request, and leaves it to the caller to follow a redirect (with [`Request::redirected`]).
    pub async fn step(&self, request: &Request) -> Result<Answered, FetchError> {
        let deadlines = if let Some(Limit::File) = request.limit {
            FILE_DEADLINES
        } else {
            1
        };
        let one = tokio::time::timeout(self.settings.deadline * deadlines, self.ask(request));
        one.await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn ask(&self, request: &Request) -> Result<Answered, FetchError> {
        let transport = match self.reach(&request.url.to_url())? {
            Reach::World => &self.world,
            Reach::Loopback => &self.loopback,
        };
        let response = self.send(transport, request).await?;
        let wire = Wire::of(request, &self.agent, &response);
        let step = if is_redirect(response.status()) {
            Step::Redirect(redirect_target(&request.url, response.headers())?)
        } else {
            Step::Done(self.read(request, response).await?)
        };
        Ok(Answered { step, wire })
    }

    async fn send(&self, transport: &reqwest::Client, request: &Request) -> Result<Response, FetchError> {
        let asked = transport.get(request.url.to_url()).headers(request.headers.clone());
        let response = tokio::time::timeout(self.settings.deadline, asked.send());
        let response = response.await.map_err(|_| FetchError::Timeout)??;
        if is_refused_peer(&response, &self.settings.allowed) {
            return Err(FetchError::AddressNotAllowed);
        }
        Ok(response)
    }

    /// Sends a request to change to another protocol (RFC 9110, 7.8), which HTTP/1.1 alone can. The connection is guarded
    /// like any other. Not within a deadline: [`Client::listen`] has its own.
    pub(super) async fn upgrade(&self, request: &Request) -> Result<Response, FetchError> {
        let guard = self.guard.clone().reaching(self.reach(&request.url.to_url())?);
        let transport = transport(&self.settings, guard, Versions::Http1).map_err(|_| FetchError::Protocol(None))?;
        self.send(&transport, request).await
    }

    pub(super) fn deadline(&self) -> Duration {
        self.settings.deadline
    }

    /// Judges an address before anything is sent: reqwest never asks a resolver about a literal IP address.
    fn reach(&self, url: &Url) -> Result<Reach, FetchError> {
        let port = url.port_or_known_default().unwrap_or_default();
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
            Some(Host::Domain(_)) => None,
            None => return Err(FetchError::AddressNotAllowed),
        };
        let usual_port = self.settings.ports.contains(&port);
        match ip {
            Some(ip) if self.settings.allowed.permits((ip, port).into()) => Ok(Reach::Loopback),
            Some(ip) if !is_global(ip) => Err(FetchError::AddressNotAllowed),
            _ if usual_port => Ok(Reach::World),
            None if !self.settings.allowed.is_empty() => Ok(Reach::Loopback),
            _ => Err(FetchError::PortNotAllowed),
        }
    }

    pub(super) async fn read(&self, request: &Request, response: Response) -> Result<Fetched, FetchError> {
        let headers = response.headers();
        let (status, content_type) = (response.status().as_u16(), text(headers, &header::CONTENT_TYPE));
        let (validators, retry_after) = (Validators::of(headers), text(headers, &header::RETRY_AFTER));
        let (next, quota) = (next_link(headers, &request.url), Quota::of(headers));
        let limit = request.limit.unwrap_or(Limit::Refuse(self.settings.max_body));
        let (body, file) = match limit {
            Limit::File => self.file(response).await?,
            Limit::Refuse(max) | Limit::Cut(max) => (body(response, limit, max).await?, None),
        };
        Ok(Fetched {
            url: request.url.clone(),
            status,
            content_type,
            validators,
            retry_after,
            next,
            quota,
            body,
            file,
            kept: None,
        })
    }

    /// Keeps the beginning in memory and, if there is more, all of it in a file that has no name and goes with us.
    async fn file(&self, response: Response) -> Result<(Bytes, Option<Arc<File>>), FetchError> {
        let mut body = Body::begin(response, self.settings.max_file).await?;
        let (mut head, mut file, mut length) = (BytesMut::new(), None::<File>, 0_u64);
        while let Some(chunk) = tokio::time::timeout(self.settings.deadline, body.piece())
            .await
            .map_err(|_| FetchError::Timeout)??
        {
            length += chunk.len() as u64;
            if length > self.settings.max_file {
                return Err(FetchError::TooLarge);
            }
            if let Some(file) = &mut file {
                file.write_all(&chunk).map_err(FetchError::Disk)?;
                continue;
            }
            head.extend_from_slice(&chunk);
            if head.len() > Fetched::HEAD_BYTES {
                file = Some(begin_file(&head).map_err(FetchError::Disk)?);
                head.truncate(Fetched::HEAD_BYTES);
            }
        }
        Ok((head.freeze(), file.map(Arc::new)))
    }
}

fn begin_file(head: &[u8]) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(head)?;
    Ok(file)
}

/// The versions of HTTP that are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Versions {
    Any,
    Http1,
}

fn transport(settings: &Settings, guard: Guard, versions: Versions) -> Result<reqwest::Client, ClientError> {
    let agent = user_agent(&settings.contact)?;
    let guard = Arc::new(guard);
    let builder = || {
        let builder = match versions {
            Versions::Any => reqwest::Client::builder(),
            Versions::Http1 => reqwest::Client::builder().http1_only(),
        };
        builder
            .user_agent(agent.clone())
            .default_headers(HeaderMap::from_iter([(header::ACCEPT_ENCODING, CODINGS)]))
            .no_gzip()
            .no_brotli()
            .connect_timeout(settings.connect_timeout)
            .dns_resolver(guard.clone())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(Duration::from_secs(20))
    };
    // Without any CA certificate on the machine there is no verifier. Plain http must work all the same (a demo on a
    // bare machine), and https must fail, so: no roots.
    let client = builder().build().or_else(|error| {
        tracing::warn!(%error, "no CA certificates found, https will not work");
        builder().tls_certs_only([]).build()
    });
    client.map_err(ClientError::Setup)
}

/// A second look, at the address that really answered. It can only differ by a fault in this folder.
fn is_refused_peer(response: &Response, allowed: &Allowed) -> bool {
    let peer = response.remote_addr();
    peer.is_some_and(|peer| !is_global(peer.ip()) && !allowed.permits(peer))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn redirect_target(from: &WebUrl, headers: &HeaderMap) -> Result<WebUrl, FetchError> {
    // Not only ASCII: servers send UTF-8 here, and browsers follow it.
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    from.join(location.ok_or(FetchError::BadRedirect)?)
        .map_err(FetchError::UrlNotAllowed)
}

/// Counts what comes out of the decompressor, too: a bomb is small on the wire. `Content-Length` says nothing, it may lie.
async fn body(response: Response, limit: Limit, max: usize) -> Result<Bytes, FetchError> {
    let mut pieces = Body::begin(response, max as u64).await?;
    let mut body = BytesMut::new();
    while let Some(piece) = pieces.piece().await? {
        body.extend_from_slice(&piece);
        if body.len() > max {
            return match limit {
                Limit::Refuse(_) | Limit::File => Err(FetchError::TooLarge),
                Limit::Cut(_) => Ok(body.freeze().slice(..max)),
            };
        }
    }
    Ok(body.freeze())
}
