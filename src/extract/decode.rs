//! Bytes to text by the rules of the web (WHATWG Encoding and HTML standards): byte order mark, then the header's
//! charset, then what the first 1024 bytes declare, then a guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use super::prescan;

/// How many bytes the guess looks at; more makes it slower, not better.
const GUESS_BYTES: usize = 64 * 1024;

/// Text and how well it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without byte order mark: the bytes themselves if they are it already.
    pub text: Cow<'a, str>,
    /// Bytes that mean nothing in the encoding were replaced by U+FFFD.
    pub lossy: bool,
}

impl Decoded<'_> {
    /// The text by itself.
    pub fn into_text(self) -> String {
        self.text.into_owned()
    }
}

/// Decodes bytes; `content_type` is the header's value, `text/html; charset=…`.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (unmarked(bytes, content_type), 0));
    let (text, lossy) = encoding.decode_without_bom_handling(&bytes[mark..]);
    Decoded { text, lossy }
}

fn unmarked(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    content_type
        .and_then(header_charset)
        .or_else(|| prescan::declared(bytes))
        .unwrap_or_else(|| guess(bytes))
}

fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    let parameters = content_type.split(';').skip(1);
    let charset = parameters
        .filter_map(|p| p.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charset.and_then(|(_, label)| Encoding::for_label(label.trim().trim_matches(['"', '\'']).as_bytes()))
}

/// Whether bytes are UTF-8; their last character may go on in what follows.
fn is_utf8(start: &[u8], following: &[u8]) -> bool {
    let result = std::str::from_utf8(start);
    result.map_or_else(|error| error.error_len().is_none() && !following.is_empty(), |_| true)
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let start = &bytes[..bytes.len().min(GUESS_BYTES)];
    // The detector would say so too, after it has tried all others beside it.
    if is_utf8(start, &bytes[start.len()..]) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(start, start.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sign_of_an_encoding_wins() {
        let latin = b"<meta charset=windows-1252>Gr\xf6\xdfe";
        let lying = b"<meta charset=utf-8>Gr\xf6\xdfe";
        let xml = b"<?xml version='1.0' encoding='ISO-8859-9'?><a>\xfe</a>";
        for (bytes, header, wanted, lossy) in [
            (
                &b"\xef\xbb\xbfGr\xc3\xb6\xc3\x9fe"[..],
                Some("text/html; charset=latin1"),
                "Größe",
                false,
            ),
            (b"\xff\xfeG\0r\0", None, "Gr", false),
            (
                b"Gr\xf6\xdfe",
                Some("text/html; Charset=\"ISO-8859-1\""),
                "Größe",
                false,
            ),
            (
                b"Gr\xc3\xb6\xc3\x9fe",
                Some("text/html; charset=unknown"),
                "Größe",
                false,
            ),
            (latin, None, "<meta charset=windows-1252>Größe", false),
            (latin, Some("text/html"), "<meta charset=windows-1252>Größe", false),
            (lying, None, "<meta charset=utf-8>Gr\u{fffd}\u{fffd}e", true),
            (xml, None, "<?xml version='1.0' encoding='ISO-8859-9'?><a>ş</a>", false),
            (b"<\0?\0x\0m\0l\0", None, "<?xml", false),
            (
                "Türkiye'de yeni bir yasa çıktı, şimdi".as_bytes(),
                None,
                "Türkiye'de yeni bir yasa çıktı, şimdi",
                false,
            ),
            (b"", None, "", false),
        ] {
            let decoded = decode(bytes, header);
            assert_eq!((&*decoded.text, decoded.lossy), (wanted, lossy), "{header:?}");
        }
    }

    #[test]
    fn utf_7_is_never_read() {
        let decoded = decode(b"+ADw-script+AD4-", Some("text/html; charset=utf-7"));
        assert_eq!(decoded.text, "+ADw-script+AD4-");
    }
}
