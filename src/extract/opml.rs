//! OPML 2.0 (<http://opml.org/spec2.opml>): the list of sources that feed readers exchange. Read as a stream, entities not
//! expanded; written with our own kind of source in an attribute of its own namespace, which other programs pass over.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::escape,
    events::{BytesStart, Event},
};

use crate::domain::Source;

/// Most outlines that are read.
pub const MAX_OUTLINES: usize = 10_000;

/// Our namespace for what OPML has no word for.
const NAMESPACE: &str = "urn:klarstelle:opml";

/// One entry that names a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its address, as written: `xmlUrl`, or `url` of an entry that we wrote.
    pub address: String,
    /// Our kind of source, if we wrote it.
    pub kind: Option<String>,
}

/// Why bytes are no OPML.
#[derive(Debug, thiserror::Error)]
pub enum OpmlError {
    /// Broken XML.
    #[error("not readable OPML: {0}")]
    Broken(#[source] quick_xml::Error),
    /// XML of another kind.
    #[error("not OPML: it has no <opml> element")]
    NotOpml,
    /// Longer than [`MAX_OUTLINES`].
    #[error("more than 10000 entries")]
    TooMany,
}

/// The sources in a list, folders taken apart. Entries without an address are folders, and are passed over.
pub fn opml(bytes: &[u8]) -> Result<Vec<Outline>, OpmlError> {
    let text = super::decode(bytes, None).text;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let (mut found, mut is_opml) = (Vec::new(), false);
    loop {
        match reader.read_event().map_err(OpmlError::Broken)? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "opml" => is_opml = true,
                "outline" if is_opml => found.extend(outline(&tag)),
                _ => {}
            },
            Event::Eof if is_opml => return Ok(found),
            Event::Eof => return Err(OpmlError::NotOpml),
            _ => {}
        }
        if found.len() > MAX_OUTLINES {
            return Err(OpmlError::TooMany);
        }
    }
}

fn outline(tag: &BytesStart<'_>) -> Option<Outline> {
    let value = |name: &str| {
        let mut attributes = tag.attributes();
        let mut attributes = attributes.with_checks(false).flatten();
        let found = attributes.find(|found| found.key.as_ref().eq_ignore_ascii_case(name))?;
        let value = found
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()
            .map(Cow::into_owned)?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let kind = value("klarstelle:kind");
    let address = value("xmlUrl").or_else(|| value("url").filter(|_| kind.is_some()))?;
    Some(Outline { address, kind })
}

/// A list of sources that other programs can read: feeds as feeds, the rest as links.
pub fn to_opml(sources: &[Source]) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:klarstelle=\"{NAMESPACE}\">\n  \
         <head>\n    <title>Klarstelle</title>\n  </head>\n  <body>\n"
    );
    for source in sources {
        let url = escape(source.url.as_str());
        let (form, place) = match source.kind.as_str() {
            "feed" | "youtube" => ("rss", "xmlUrl"),
            _ => ("link", "url"),
        };
        text.push_str(&format!(
            "    <outline type=\"{form}\" text=\"{url}\" {place}=\"{url}\" klarstelle:kind=\"{}\"/>\n",
            source.kind
        ));
    }
    text + "  </body>\n</opml>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SourceId, SourceKind, Timestamp, WebUrl};

    fn addresses(text: &str) -> Result<Vec<String>, String> {
        let found = opml(text.as_bytes()).map_err(|error| error.to_string())?;
        Ok(found.into_iter().map(|outline| outline.address).collect())
    }

    #[test]
    fn a_reader_s_list_is_read_whatever_its_folders() {
        let list = "<?xml version='1.0'?><opml version='1.0'><head><title>x</title></head><body>
            <outline text='Zeitungen'><outline type='rss' text='a' xmlUrl='https://a.example/feed?x=1&amp;y=2'/>
            <outline text='mehr'><outline xmlurl=' https://b.example/rss ' htmlUrl='https://b.example/'></outline></outline>
            </outline><outline text='a link' type='link' url='https://c.example/'/><outline/></body></opml>";
        assert_eq!(
            addresses(list).unwrap(),
            ["https://a.example/feed?x=1&y=2", "https://b.example/rss"]
        );
    }

    #[test]
    fn what_is_no_list_is_said() {
        for (text, wanted) in [
            ("<rss><channel/></rss>", "not OPML: it has no <opml> element"),
            ("", "not OPML: it has no <opml> element"),
            ("plain", "not OPML: it has no <opml> element"),
        ] {
            assert_eq!(addresses(text), Err(wanted.to_owned()), "{text}");
        }
        let many = format!(
            "<opml><body>{}</body></opml>",
            "<outline xmlUrl='x'/>".repeat(MAX_OUTLINES + 1)
        );
        assert_eq!(addresses(&many), Err("more than 10000 entries".to_owned()));
        // An entity of a document type is not expanded: its entry is lost, the next is not.
        let laughs = "<!DOCTYPE opml [<!ENTITY a 'https://a.example/'>]><opml><outline xmlUrl='&a;'/><outline xmlUrl='https://b.example/'/></opml>";
        assert_eq!(addresses(laughs).unwrap(), ["https://b.example/"]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let source = |kind, url: &str| Source {
            id: SourceId::new(),
            url: WebUrl::parse(url).unwrap(),
            kind: SourceKind::named(kind),
            created_at: Timestamp::from_millis(0),
        };
        let sources = [
            source("feed", "https://a.example/feed?x=1&y='2'"),
            source("mastodon", "https://b.example/api/v1/timelines/tag/strom"),
        ];
        let read = opml(to_opml(&sources).as_bytes()).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|o| (o.kind.as_deref().unwrap(), o.address.as_str()))
            .collect();
        let wanted: Vec<_> = sources.iter().map(|s| (s.kind.as_str(), s.url.as_str())).collect();
        assert_eq!(read, wanted);
    }
}
