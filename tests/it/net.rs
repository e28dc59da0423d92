//! The guarded client by itself. The crawler against a web that means harm stands in `crawl/corpus.rs`.

mod addresses;
mod bodies;
mod redirects;

use std::time::Duration;

use klarstelle::{
    domain::{UrlError, WebUrl},
    net::{Client, FetchError, Fetched, Request, Settings},
};

/// A client for tests: loopback allowed, little patience.
fn client() -> Client {
    Client::new(settings()).expect("a client")
}

fn settings() -> Settings {
    Settings {
        allowed: "127.0.0.0/8,::1".parse().expect("loopback"),
        deadline: Duration::from_secs(2),
        max_body: 1024 * 1024,
        ..Settings::default()
    }
}

/// The body's length, or the word for what was wrong.
async fn outcome(client: &Client, url: WebUrl) -> Result<usize, &'static str> {
    match client.fetch(Request::get(url)).await {
        Ok(Fetched { body, .. }) => Ok(body.len()),
        Err(error) => Err(error.as_str()),
    }
}

#[test]
fn each_reason_stands_in_the_document() {
    let text = include_str!("../../docs/hostile-web.md");
    for error in [
        FetchError::AddressNotAllowed,
        FetchError::PortNotAllowed,
        FetchError::UrlNotAllowed(UrlError::Scheme),
        FetchError::BadRedirect,
        FetchError::TooManyRedirects,
        FetchError::TooLarge,
        FetchError::Timeout,
        FetchError::Decode(None),
        FetchError::Protocol(None),
    ] {
        assert!(text.contains(&format!("`{}`", error.as_str())), "{}", error.as_str());
    }
}
