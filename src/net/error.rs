//! Why nothing was fetched.

use std::error::Error;

use crate::domain::UrlError;

/// Why a fetch brought nothing. Sources are kept for the log; [`FetchError::as_str`] is what is stored and counted.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The host is, or resolves to, an address that is not public.
    #[error("the address is not on the public internet")]
    AddressNotAllowed,
    /// A port that is not configured.
    #[error("the port is not allowed")]
    PortNotAllowed,
    /// A redirect leads to an address that we do not take.
    #[error("the redirect leads to an address that is not taken")]
    UrlNotAllowed(#[source] UrlError),
    /// A redirect without a readable `Location`.
    #[error("the redirect does not say where to")]
    BadRedirect,
    /// More redirects than allowed, or a loop.
    #[error("too many redirects")]
    TooManyRedirects,
    /// The body is larger than allowed, on the wire or after decompression.
    #[error("the body is too large")]
    TooLarge,
    /// The body could not be written to a temporary file.
    #[error("no room for the body on this machine")]
    Disk(#[source] std::io::Error),
    /// Not done within the time for one fetch.
    #[error("not finished in time")]
    Timeout,
    /// The name could not be resolved.
    #[error("the host name could not be resolved")]
    Dns(#[source] reqwest::Error),
    /// No connection.
    #[error("no connection to the host")]
    Connect(#[source] reqwest::Error),
    /// No trusted encryption.
    #[error("no trusted TLS connection to the host")]
    Tls(#[source] reqwest::Error),
    /// The connection ended before the answer did.
    #[error("the connection was cut")]
    Interrupted(#[source] Option<reqwest::Error>),
    /// The body does not have the content coding that it declares.
    #[error("the body cannot be decompressed")]
    Decode(#[source] Option<std::io::Error>),
    /// The answer breaks HTTP, or its headers are too large or too many.
    #[error("the answer is not valid HTTP")]
    Protocol(#[source] Option<reqwest::Error>),
}

impl FetchError {
    /// A fixed word for each reason.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::AddressNotAllowed => "address_not_allowed",
            Self::PortNotAllowed => "port_not_allowed",
            Self::UrlNotAllowed(_) => "url_not_allowed",
            Self::BadRedirect => "bad_redirect",
            Self::TooManyRedirects => "too_many_redirects",
            Self::TooLarge => "too_large",
            Self::Disk(_) => "disk",
            Self::Timeout => "timeout",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Interrupted(_) => "interrupted",
            Self::Decode(_) => "decode",
            Self::Protocol(_) => "protocol",
        }
    }

    /// Whether we chose not to fetch it, as opposed to having failed to.
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::AddressNotAllowed | Self::PortNotAllowed | Self::UrlNotAllowed(_)
        )
    }

    /// Whether the same fetch may well work later.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout
            | Self::Dns(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Interrupted(_)
            | Self::Decode(_)
            | Self::Disk(_) => true,
            Self::AddressNotAllowed
            | Self::PortNotAllowed
            | Self::UrlNotAllowed(_)
            | Self::BadRedirect
            | Self::TooManyRedirects
            | Self::TooLarge
            | Self::Protocol(_) => false,
        }
    }
}

/// The guard's word inside reqwest's errors.
#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
pub(super) struct Refused;

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        if contains(&error, &|e| e.is::<Refused>()) {
            Self::AddressNotAllowed
        } else if error.is_timeout() {
            Self::Timeout
        } else if error.is_dns() {
            Self::Dns(error)
        } else if contains(&error, &|e| e.is::<rustls::Error>()) {
            Self::Tls(error)
        } else if error.is_connect() {
            Self::Connect(error)
        } else if contains(&error, &breaks_http) {
            Self::Protocol(Some(error))
        } else if contains(&error, &is_cut) {
            Self::Interrupted(Some(error))
        } else {
            Self::Protocol(Some(error))
        }
    }
}

fn breaks_http(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse)
}

/// hyper reports every other fault of a connection under way.
fn is_cut(error: &(dyn Error + 'static)) -> bool {
    error.is::<hyper::Error>()
}

/// Walks an error and its sources, and into `io::Error`s, whose inner error is not among their sources.
fn contains(error: &(dyn Error + 'static), wanted: &dyn Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    wanted(error)
        || inner.is_some_and(|inner| contains(inner, wanted))
        || error.source().is_some_and(|source| contains(source, wanted))
}
