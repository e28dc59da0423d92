//! What does a model hub hold? The one client besides the crawler's: the operator says where the hub is, which may be a mirror on
//! a private address, and the hub says where its files are, so redirects are followed.

use std::time::Duration;

use bytes::Bytes;
use http::{StatusCode, header};
use reqwest::{Response, redirect};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

/// Longer lists are no model's.
const LIST_BYTES: usize = 4 << 20;

/// A hub that speaks as huggingface.co does.
#[derive(Debug, Clone)]
pub struct Hub {
    client: reqwest::Client,
    base: Url,
}

/// Why the hub did not answer as hoped.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The hub's address is none.
    #[error("{0} is no http or https address")]
    Address(String),
    /// The client could not be made.
    #[error("cannot set up the HTTP client")]
    Setup(#[source] reqwest::Error),
    /// No connection, or one that ended early.
    #[error("no answer from {url}")]
    Transport {
        /// What was asked for.
        url: String,
        /// What happened.
        source: reqwest::Error,
    },
    /// A status other than success.
    #[error("{url} answers {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// The status.
        status: StatusCode,
    },
    /// An answer that makes no sense.
    #[error("{url} answers with something else than was asked for")]
    Nonsense {
        /// What was asked for.
        url: String,
    },
}

impl HubError {
    /// Whether asking again can help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Status { status, .. } => status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS,
            _ => false,
        }
    }
}

/// A file as the hub lists it.
#[derive(Debug, Clone)]
pub struct HubFile {
    /// Its path inside the repository.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hexadecimal; the hub knows it of large files only.
    pub sha256: Option<String>,
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    response: Response,
    /// Where the first piece belongs: 0 if the hub cannot go on where we stopped.
    pub from: u64,
}

#[derive(Deserialize)]
struct Head {
    sha: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
    lfs: Option<Large>,
}

#[derive(Deserialize)]
struct Large {
    oid: String,
    size: u64,
}

impl Hub {
    /// A hub at an address. Waits this long for a connection, and for each piece of an answer.
    pub fn new(base: &str, patience: Duration) -> Result<Self, HubError> {
        let wrong = || HubError::Address(base.to_owned());
        let parsed = Url::parse(base).map_err(|_| wrong())?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(wrong());
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("klarstelle/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(patience)
            .read_timeout(patience)
            .redirect(redirect::Policy::limited(5))
            .no_gzip()
            .no_brotli()
            .build()
            .map_err(HubError::Setup)?;
        Ok(Self { client, base: parsed })
    }

    /// The newest revision of a repository: 40 hexadecimal digits.
    pub async fn revision(&self, repository: &str) -> Result<String, HubError> {
        let url = self.url(&["api", "models", repository, "revision", "main"]);
        let head: Head = self.list(&url).await?;
        if head.sha.len() == 40 && head.sha.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(head.sha);
        }
        Err(HubError::Nonsense { url: url.into() })
    }

    /// The files of a repository at a revision.
    pub async fn files(&self, repository: &str, revision: &str) -> Result<Vec<HubFile>, HubError> {
        let mut url = self.url(&["api", "models", repository, "tree", revision]);
        url.set_query(Some("recursive=true"));
        let listed: Vec<Listed> = self.list(&url).await?;
        Ok(listed
            .into_iter()
            .filter(|entry| entry.kind == "file")
            .map(file)
            .collect())
    }

    /// Begins to fetch a file, after the first `from` bytes if the hub can do that.
    pub async fn download(
        &self,
        repository: &str,
        revision: &str,
        path: &str,
        from: u64,
    ) -> Result<Download, HubError> {
        let url = self.url(&[repository, "resolve", revision, path]);
        let mut request = self.client.get(url.clone());
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
        }
        let response = request.send().await.map_err(transport(&url))?;
        match response.status() {
            StatusCode::OK => Ok(Download { response, from: 0 }),
            StatusCode::PARTIAL_CONTENT if begins_at(&response, from) => Ok(Download { response, from }),
            StatusCode::PARTIAL_CONTENT => Err(HubError::Nonsense { url: url.into() }),
            status => Err(HubError::Status {
                url: url.into(),
                status,
            }),
        }
    }

    /// Names with a slash are several parts of the path.
    fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(parts.iter().flat_map(|part| part.split('/')));
        }
        url
    }

    async fn list<T: DeserializeOwned>(&self, url: &Url) -> Result<T, HubError> {
        let mut response = self.client.get(url.clone()).send().await.map_err(transport(url))?;
        if response.status() != StatusCode::OK {
            return Err(HubError::Status {
                url: url.to_string(),
                status: response.status(),
            });
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(transport(url))? {
            body.extend_from_slice(&piece);
            if body.len() > LIST_BYTES {
                break;
            }
        }
        serde_json::from_slice(&body).map_err(|_| HubError::Nonsense { url: url.to_string() })
    }
}

impl Download {
    /// The next piece; none at the end.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, HubError> {
        let url = self.response.url().clone();
        self.response.chunk().await.map_err(transport(&url))
    }
}

fn file(entry: Listed) -> HubFile {
    let size = entry.lfs.as_ref().map_or(entry.size, |large| large.size);
    HubFile {
        path: entry.path,
        size,
        sha256: entry.lfs.map(|large| large.oid),
    }
}

fn begins_at(response: &Response, from: u64) -> bool {
    let range = response
        .headers()
        .get(header::CONTENT_RANGE)
        .and_then(|range| range.to_str().ok());
    range.is_some_and(|range| range.starts_with(&format!("bytes {from}-")))
}

fn transport(url: &Url) -> impl FnOnce(reqwest::Error) -> HubError {
    let url = url.to_string();
    move |source| HubError::Transport {
        url,
        source: source.without_url(),
    }
}
