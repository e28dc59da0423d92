//! A request's body goes in; the JSON value that a handler expects, or an exact refusal, comes out.

use std::{fmt, marker::PhantomData, pin::Pin, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::{HeaderMap, header};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::{
    code::ErrorCode,
    error::{Fault, Place, Problem},
};

/// Largest body taken, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Largest body that holds a page, in bytes.
pub(crate) const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// How much of a body is taken, and how long it is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    bytes: usize,
    patience: Duration,
}

impl Limits {
    /// What fits most operations.
    pub(crate) const fn usual(patience: Duration) -> Self {
        Self {
            bytes: MAX_BYTES,
            patience,
        }
    }

    /// For the text of a page.
    pub(crate) const fn of_page(patience: Duration) -> Self {
        Self {
            bytes: MAX_PAGE_BYTES,
            patience,
        }
    }
}

/// A body as it arrives. Warp's own body filters have no limit in bytes that also holds for chunked bodies, none in time,
/// and name no member in their errors.
pub(crate) type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, warp::Error>> + Send + Sync>>;

/// Boxes what `warp::body::stream()` extracts.
pub(crate) fn boxed(stream: impl Stream<Item = Result<impl Buf, warp::Error>> + Send + Sync + 'static) -> BodyStream {
    Box::pin(stream.map(|part| part.map(|mut part| part.copy_to_bytes(part.remaining()))))
}

/// A body that is JSON, whatever it says.
pub(crate) struct Json(String);

/// Reads a whole JSON body.
pub(crate) async fn json(headers: &HeaderMap, body: BodyStream, limits: Limits) -> Result<Json, Problem> {
    check_type(headers)?;
    Json::parse(collect(body, limits).await?.to_vec())
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let value = |name| {
        headers
            .get(name)
            .map_or("", |v: &http::HeaderValue| v.to_str().unwrap_or("?"))
    };
    let mut parts = value(header::CONTENT_TYPE).split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| {
        let parameter = parameter.to_ascii_lowercase();
        !parameter.starts_with("charset=") || parameter.contains("utf-8")
    });
    let is_plain = matches!(value(header::CONTENT_ENCODING), "" | "identity");
    if is_json && is_utf8 && is_plain {
        Ok(())
    } else {
        Err(Problem::new(ErrorCode::UnsupportedMediaType))
    }
}

/// Reads a body to its end, within limits of size and time.
pub(crate) async fn collect(body: BodyStream, limits: Limits) -> Result<Bytes, Problem> {
    let all = tokio::time::timeout(limits.patience, gather(body, limits.bytes)).await;
    all.unwrap_or_else(|_| Err(Problem::new(ErrorCode::BodyTimeout)))
}

async fn gather(mut body: BodyStream, most: usize) -> Result<Bytes, Problem> {
    let mut all = BytesMut::new();
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| Problem::new(ErrorCode::MalformedBody).with_detail("the body broke off"))?;
        if all.len() + part.len() > most {
            return Err(Problem::new(ErrorCode::BodyTooLarge));
        }
        all.extend_from_slice(&part);
    }
    Ok(all.freeze())
}

impl Json {
    /// Whatever is not JSON is a 400, wherever in the body it stands; only then is looked at what it says.
    fn parse(bytes: Vec<u8>) -> Result<Self, Problem> {
        let text = String::from_utf8(bytes).map_err(|_| malformed("the body is not UTF-8"))?;
        serde_json::from_str::<serde_json::Value>(&text).map_err(|error| broken(&error))?;
        Ok(Self(text))
    }

    /// What is expected here, or a 422 with the place of the first fault.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_str(&self.0);
        let read: Result<Object<T>, _> = serde_path_to_error::deserialize(&mut reader);
        read.map(|Object(value)| value).map_err(|error| refused(&error))
    }
}

/// A struct that is written as an object. Serde's structs may be written as arrays, too, which no contract describes.
#[derive(Debug)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

/// A member that may be left out, but is not `null`.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ErrorCode::MalformedBody).with_detail(detail)
}

fn broken(error: &serde_json::Error) -> Problem {
    malformed(format!("not JSON at line {}, column {}", error.line(), error.column()))
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let said = error.inner().to_string();
    if said.starts_with("duplicate field") {
        return malformed("a member stands twice");
    }
    let fault = Fault::new(Place::Pointer(pointer(error.path(), &said).into()), expectation(&said));
    Problem::invalid_body(vec![fault])
}

/// What serde expected, without what it found: refusals must not repeat what was sent.
fn expectation(said: &str) -> String {
    let said = said.rfind(" at line ").map_or(said, |end| &said[..end]);
    if let Some(start) = said.rfind(", expected ") {
        let known = if said.starts_with("unknown field") {
            "no such member, "
        } else {
            ""
        };
        return format!("{known}{}", said[start + 2..].replace('`', "\""));
    }
    match said
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        Some(name) => format!("the member \"{name}\" is required"),
        None => "not what is expected here".to_owned(),
    }
}

/// RFC 6901. For an unknown member serde's path ends at its name already.
fn pointer(path: &serde_path_to_error::Path, said: &str) -> String {
    use serde_path_to_error::Segment;
    let missing = said
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    let named = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Unknown => None,
    });
    let all = named.chain(missing.map(str::to_owned));
    all.fold(String::new(), |pointer, name| pointer + "/" + &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Wanted {
        text: String,
        #[serde(default, deserialize_with = "present")]
        list: Option<Vec<u8>>,
    }

    /// Code, and place and detail of the fault, of what is refused.
    fn refusal(bytes: &[u8]) -> (ErrorCode, String) {
        let read = Json::parse(bytes.to_vec()).and_then(|json| json.read::<Wanted>());
        let problem = read.unwrap_err();
        let fault = serde_json::to_value(problem.faults().first()).unwrap();
        let part = |name: &str| fault[name].as_str().unwrap_or("-").to_owned();
        (problem.code(), format!("{} {}", part("pointer"), part("detail")))
    }

    #[test]
    fn what_is_not_json_is_malformed_wherever_it_stands() {
        let deep = "[".repeat(10_000);
        for bytes in [
            &b""[..],
            b"{",
            b"{\"text\":\"a\"} trailing",
            b"{\"text\":\"\xff\"}",
            b"\xef\xbb\xbf{\"text\":\"a\"}",
            b"{\"text\":NaN}",
            b"{\"unknown\":\"\\ud800\"}",
            b"{\"text\":\"\\udc00\"}",
            b"{\"text\":1e999}",
            b"{\"text\":\"a\",\"text\":\"b\"}",
            deep.as_bytes(),
        ] {
            let (code, _) = refusal(bytes);
            assert_eq!(code, ErrorCode::MalformedBody, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_is_refused_is_pointed_at_and_not_repeated() {
        for (body, wanted) in [
            (r#"{"text":5}"#, "/text expected a string"),
            (r#"{"text":["secret"]}"#, "/text expected a string"),
            ("{}", r#"/text the member "text" is required"#),
            (
                r#"{"text":"a","x/y":"secret"}"#,
                r#"/x~1y no such member, expected "text" or "list""#,
            ),
            (
                r#"{"text":"a","list":[1,"secret, expected nothing"]}"#,
                "/list/1 expected u8",
            ),
            (r#"{"text":"a","list":[1,300]}"#, "/list/1 expected u8"),
            (r#""secret""#, " expected an object"),
            (r#"["secret"]"#, " expected an object"),
            (r#"{"text":"a","list":null}"#, "/list expected a sequence"),
            ("null", " expected an object"),
        ] {
            let (code, fault) = refusal(body.as_bytes());
            assert_eq!((code, fault.as_str()), (ErrorCode::InvalidBody, wanted), "{body}");
        }
    }
}
