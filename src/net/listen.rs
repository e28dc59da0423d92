//! A WebSocket (RFC 6455) that is only listened to: an address comes in, its messages go out. The connection is made by the
//! guarded client, so that the rules about addresses stand once.

use std::time::Duration;

use futures_util::StreamExt;
use http::{HeaderValue, header};
use reqwest::Upgraded;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

use super::{Client, FetchError, Fetched, Request};

/// Longest message taken, in bytes. The pings of the other side are answered, whatever it sends besides is passed over.
const MAX_MESSAGE: usize = 1 << 20;

/// What a server answers to somebody who wants to listen.
pub enum Heard {
    /// It lets us.
    Open(Box<Listening>),
    /// It answers something else.
    Refused(Box<Fetched>),
}

/// A connection under way.
pub struct Listening(WebSocketStream<Upgraded>);

impl Client {
    /// Opens a WebSocket at an http or https address. Redirects are not followed (RFC 6455, 4.1 leaves it open).
    pub async fn listen(&self, request: Request) -> Result<Heard, FetchError> {
        let opening = tokio::time::timeout(self.deadline(), self.open(request));
        opening.await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn open(&self, request: Request) -> Result<Heard, FetchError> {
        let key = generate_key();
        let accept = derive_accept_key(key.as_bytes());
        let key = HeaderValue::try_from(key).map_err(|_| FetchError::Protocol(None))?;
        let request = request
            .header(header::CONNECTION, HeaderValue::from_static("Upgrade"))
            .header(header::UPGRADE, HeaderValue::from_static("websocket"))
            .header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
            .header(header::SEC_WEBSOCKET_KEY, key);
        let response = self.upgrade(&request).await?;
        if response.status() != http::StatusCode::SWITCHING_PROTOCOLS {
            let answer = self.read(&request, response).await?;
            return Ok(Heard::Refused(Box::new(answer)));
        }
        let answered = response.headers().get(header::SEC_WEBSOCKET_ACCEPT);
        if answered.is_none_or(|answered| answered.as_bytes() != accept.as_bytes()) {
            return Err(FetchError::Protocol(None));
        }
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let stream = WebSocketStream::from_raw_socket(response.upgrade().await?, Role::Client, Some(config)).await;
        Ok(Heard::Open(Box::new(Listening(stream))))
    }
}

impl Listening {
    /// The next text message; `None` once the other side has ended it. [`FetchError::Timeout`] if none comes for so long.
    pub async fn next(&mut self, patience: Duration) -> Result<Option<String>, FetchError> {
        let message = tokio::time::timeout(patience, self.text());
        message.await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn text(&mut self) -> Result<Option<String>, FetchError> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(Some(text.as_str().to_owned())),
                Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) | None => return Ok(None),
                Some(Ok(_)) => {}
                Some(Err(Error::Capacity(_))) => return Err(FetchError::TooLarge),
                Some(Err(Error::Io(_))) => return Err(FetchError::Interrupted(None)),
                Some(Err(_)) => return Err(FetchError::Protocol(None)),
            }
        }
    }
}
