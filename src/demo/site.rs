//! The demo's web: embedded fixture files come in, sites on loopback go out, each host on a port of its own.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinSet};

use crate::domain::{SourceKind, UrlError, WebUrl};

/// The fixture web: one folder a host.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/fixtures/web"]
struct Files;

/// Why the demo's web does not stand.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No port on loopback.
    #[error("cannot listen on loopback")]
    Listen(#[source] io::Error),
    /// A `site.toml` is missing or wrong.
    #[error("bad site.toml of {host}")]
    Description {
        /// The site.
        host: String,
        /// What is wrong with it.
        source: Box<toml::de::Error>,
    },
    /// A file's path makes no address.
    #[error("a file of {host} has no address")]
    Path {
        /// The site.
        host: String,
        /// What is wrong with it.
        source: UrlError,
    },
}

/// `site.toml`.
#[derive(Debug, Deserialize)]
struct Description {
    name: String,
    kind: String,
    #[serde(default, rename = "source")]
    sources: Vec<DescribedSource>,
}

#[derive(Debug, Deserialize)]
struct DescribedSource {
    kind: SourceKind,
    path: String,
}

/// One site of the demo's web.
#[derive(Debug)]
pub struct Site {
    /// The host that it plays: `rheinblick.example`.
    pub host: String,
    /// Its title.
    pub name: String,
    /// What it is: `news`, `fact-check` or `social`.
    pub kind: String,
    /// Where it really is.
    pub base: WebUrl,
    /// What a crawler would be set to read there.
    pub sources: Vec<(SourceKind, WebUrl)>,
    pages: BTreeMap<String, Arc<Page>>,
}

#[derive(Debug)]
struct Page {
    content_type: &'static str,
    etag: HeaderValue,
    body: Bytes,
}

/// The sites being served, until this is dropped.
#[derive(Debug)]
pub struct Web {
    /// All of them, by host.
    pub sites: Vec<Arc<Site>>,
    _servers: JoinSet<()>,
}

impl Web {
    /// The sites' addresses, as the setting `net.allow_loopback` takes them.
    pub fn allow_loopback(&self) -> String {
        let authorities = self.sites.iter().map(|site| site.base.to_url().authority().to_owned());
        authorities.collect::<Vec<_>>().join(",")
    }
}

/// Serves all sites on loopback, each on a port that the system chooses.
pub async fn serve() -> Result<Web, Error> {
    let bound = bind().await?;
    let sites = bound.iter().map(|(site, _)| site.clone()).collect();
    let servers = bound.into_iter().map(|(site, listener)| accept(site, listener));
    Ok(Web {
        sites,
        _servers: servers.collect(),
    })
}

/// Reads all sites and takes a port for each, for a server of the caller's (tests have a misbehaving one).
pub async fn bind() -> Result<Vec<(Arc<Site>, TcpListener)>, Error> {
    let mut listeners = BTreeMap::new();
    for host in hosts() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(Error::Listen)?;
        let address = listener.local_addr().map_err(Error::Listen)?;
        listeners.insert(host, (address, listener));
    }
    let moves: Vec<_> = listeners
        .iter()
        .map(|(host, (at, _))| Move {
            host: host.clone(),
            to: *at,
        })
        .collect();
    listeners
        .into_iter()
        .map(|(host, (address, listener))| Ok((Arc::new(Site::read(host, address, &moves)?), listener)))
        .collect()
}

fn hosts() -> Vec<String> {
    let mut hosts: Vec<_> = Files::iter()
        .filter_map(|path| Some(path.split_once('/')?.0.to_owned()))
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// Files name `https://<host>`; here the host is somewhere else.
struct Move {
    host: String,
    to: SocketAddr,
}

fn move_addresses(text: &str, moves: &[Move]) -> String {
    let apply = |text: String, m: &Move| text.replace(&format!("https://{}", m.host), &format!("http://{}", m.to));
    moves.iter().fold(text.to_owned(), apply)
}

impl Site {
    fn read(host: String, address: SocketAddr, moves: &[Move]) -> Result<Self, Error> {
        let about = text(&format!("{host}/site.toml"));
        let about: Description = toml::from_str(&about).map_err(|source| Error::Description {
            host: host.clone(),
            source: Box::new(source),
        })?;
        let no_address = |source| Error::Path {
            host: host.clone(),
            source,
        };
        let base = WebUrl::parse(&format!("http://{address}/")).map_err(no_address)?;
        let sources = about
            .sources
            .iter()
            .map(|source| Ok((source.kind, base.join(&source.path)?)));
        let sources = sources.collect::<Result<_, _>>().map_err(no_address)?;
        let pages = pages(&host, &base, moves).map_err(no_address)?;
        Ok(Self {
            host,
            name: about.name,
            kind: about.kind,
            base,
            sources,
            pages,
        })
    }

    /// Answers a request as a well-behaved static server does: GET and HEAD, with `ETag` and `304 Not Modified`.
    pub fn answer<B>(&self, request: &Request<B>) -> Response<Bytes> {
        let is_head = request.method() == Method::HEAD;
        if !is_head && request.method() != Method::GET {
            return plain(StatusCode::METHOD_NOT_ALLOWED);
        }
        let Some(page) = self.pages.get(request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND);
        };
        let known = request.headers().get(header::IF_NONE_MATCH);
        let is_known = known.is_some_and(|known| *known == page.etag);
        let mut response = plain(if is_known {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        });
        response.headers_mut().insert(header::ETAG, page.etag.clone());
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
        if !is_known && !is_head {
            *response.body_mut() = page.body.clone();
        }
        response
    }
}

fn plain(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// All pages by path. `x/index.html` is also `x/` and `x`; `x.html` and `x.json` are also `x`, if nothing else is.
fn pages(host: &str, base: &WebUrl, moves: &[Move]) -> Result<BTreeMap<String, Arc<Page>>, UrlError> {
    let mut pages = BTreeMap::new();
    let mut also = Vec::new();
    for path in Files::iter() {
        let name = path.strip_prefix(host).and_then(|rest| rest.strip_prefix('/'));
        let Some(name) = name.filter(|name| *name != "site.toml") else {
            continue;
        };
        let page = Arc::new(Page::read(&path, moves));
        for alias in aliases(name) {
            also.push((path_of(base, alias)?, page.clone()));
        }
        pages.insert(path_of(base, name)?, page);
    }
    for (path, page) in also {
        pages.entry(path).or_insert(page);
    }
    Ok(pages)
}

fn path_of(base: &WebUrl, name: &str) -> Result<String, UrlError> {
    Ok(base.join(&format!("/{name}"))?.to_url().path().to_owned())
}

fn aliases(name: &str) -> Vec<&str> {
    if let Some(folder) = name.strip_suffix("index.html") {
        return vec![folder, folder.trim_end_matches('/')];
    }
    name.strip_suffix(".html")
        .or_else(|| name.strip_suffix(".json"))
        .into_iter()
        .collect()
}

const CONTENT_TYPES: &[(&str, &str)] = &[
    (".html", "text/html; charset=utf-8"),
    (".xml", "application/xml"),
    (".ndjson", "application/x-ndjson"),
    (".json", "application/json"),
    (".svg", "image/svg+xml"),
    (".css", "text/css; charset=utf-8"),
    (".txt", "text/plain; charset=utf-8"),
];

impl Page {
    fn read(path: &str, moves: &[Move]) -> Self {
        let content_type = CONTENT_TYPES
            .iter()
            .find(|(ending, _)| path.ends_with(ending))
            .map(|(_, name)| *name);
        let body = match content_type {
            Some(_) => Bytes::from(move_addresses(&text(path), moves)),
            None => Bytes::from(bytes(path)),
        };
        let digest = Sha256::digest(&body);
        let etag = digest[..8]
            .iter()
            .fold(String::from('"'), |tag, byte| format!("{tag}{byte:02x}"))
            + "\"";
        let etag = HeaderValue::try_from(etag).expect("hex digits stand in a header");
        Self {
            content_type: content_type.unwrap_or("application/octet-stream"),
            etag,
            body,
        }
    }
}

fn bytes(path: &str) -> Vec<u8> {
    Files::get(path).map(|file| file.data.into_owned()).unwrap_or_default()
}

fn text(path: &str) -> String {
    String::from_utf8_lossy(&bytes(path)).into_owned()
}

async fn accept(site: Arc<Site>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, most likely: others have to end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let site = site.clone();
        let answer = service_fn(move |request: Request<Incoming>| {
            let response = site.answer(&request).map(Full::new);
            async move { Ok::<_, Infallible>(response) }
        });
        connections.spawn(async move {
            // A visitor that hangs up is no concern of the demo's.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}
