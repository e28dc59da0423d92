//! A body as it comes over the wire goes in; without its content coding it comes out, piece by piece.
//!
//! The client library could undo it, and count what comes out; what goes in nobody would count then, and a stream of
//! nothing, packed, has no end.

use std::{io, pin::Pin};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{HeaderMap, HeaderValue, header};
use reqwest::Response;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;

use super::error::FetchError;

/// The content codings asked for.
pub(super) const CODINGS: HeaderValue = HeaderValue::from_static("gzip,br");

/// Most that comes out at once, in bytes.
const PIECE: usize = 16 * 1024;

/// A content coding (RFC 9110, 8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    None,
    Gzip,
    Brotli,
}

impl Coding {
    /// What the headers declare; an error if it was coded twice, or in a way not asked for.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, FetchError> {
        let mut declared = headers.get_all(header::CONTENT_ENCODING).iter();
        let (first, second) = (declared.next(), declared.next());
        let name = first.map_or(b"identity".as_slice(), HeaderValue::as_bytes);
        match name.to_ascii_lowercase().as_slice() {
            b"identity" | b"" if second.is_none() => Ok(Self::None),
            b"gzip" | b"x-gzip" if second.is_none() => Ok(Self::Gzip),
            b"br" if second.is_none() => Ok(Self::Brotli),
            _ => Err(FetchError::Decode(None)),
        }
    }
}

/// A body that is being read.
pub(super) enum Body {
    Plain(Response),
    Coded(Pin<Box<dyn AsyncRead + Send>>),
    /// Nothing was sent, which is no fault of the coding.
    Empty,
}

impl Body {
    /// Begins to read. No more than `most` bytes are taken from the wire.
    pub(super) async fn begin(mut response: Response, most: u64) -> Result<Self, FetchError> {
        let coding = Coding::of(response.headers())?;
        if coding == Coding::None {
            return Ok(Self::Plain(response));
        }
        let Some(first) = response.chunk().await? else {
            return Ok(Self::Empty);
        };
        let mut taken = 0;
        let wire = stream::once(async { Ok(first) })
            .chain(response.bytes_stream().map_err(FetchError::from))
            .map(move |piece: Result<Bytes, FetchError>| {
                let piece = piece.map_err(io::Error::other)?;
                taken += piece.len() as u64;
                if taken > most {
                    return Err(io::Error::other(FetchError::TooLarge));
                }
                Ok(piece)
            });
        let wire = StreamReader::new(Box::pin(wire));
        Ok(Self::Coded(match coding {
            Coding::Brotli => Box::pin(BrotliDecoder::new(wire)),
            Coding::Gzip | Coding::None => {
                let mut decoder = GzipDecoder::new(wire);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
        }))
    }

    /// The next piece; `None` at the end.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, FetchError> {
        match self {
            Self::Plain(response) => Ok(response.chunk().await?),
            Self::Empty => Ok(None),
            Self::Coded(reader) => {
                let mut piece = BytesMut::with_capacity(PIECE);
                let read = reader.read_buf(&mut piece).await.map_err(fault)?;
                Ok((read > 0).then(|| piece.freeze()))
            }
        }
    }
}

/// The fetch's own error comes back out; any other is the decoder's.
fn fault(error: io::Error) -> FetchError {
    match error.downcast::<FetchError>() {
        Ok(own) => own,
        Err(error) => FetchError::Decode(Some(error)),
    }
}
