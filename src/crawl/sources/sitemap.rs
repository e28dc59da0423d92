//! Sitemaps (<https://www.sitemaps.org/protocol.html>): a list of pages or a list of sitemaps, as XML or plain text, packed
//! by gzip or not; with the news namespace (<http://www.google.com/schemas/sitemap-news/0.9>). Newest first.

use std::io::BufRead;

use quick_xml::{Reader, events::Event};

use super::{Findings, Found, Kind, Located, Plan, Way, findings, path, problem};
use crate::{
    domain::{SourceKind, WebUrl},
    extract,
    net::Fetched,
};

/// Largest sitemap, in bytes unpacked, by the protocol.
const MAX_BYTES: u64 = 50 << 20;

/// Most entries of a sitemap, by the protocol.
const MAX_ENTRIES: usize = 50_000;

/// Longest text of an element that is read, in bytes.
const MAX_TEXT: usize = WebUrl::MAX_BYTES * 2;

pub(super) struct Sitemap;

impl Kind for Sitemap {
    fn name(&self) -> SourceKind {
        SourceKind::named("sitemap")
    }

    fn about(&self) -> &'static str {
        "a sitemap or an index of sitemaps, packed or not; its pages are visited, the newest first"
    }

    fn endpoints(&self) -> &'static [&'static str] {
        &["/sitemap.xml, /sitemap_index.xml, /news-sitemap.xml.gz or wherever it is"]
    }

    fn locate(&self, url: &WebUrl) -> Located {
        let path = path(url);
        let file = path.rsplit('/').next().unwrap_or_default();
        let has_ending = [".xml", ".xml.gz", ".txt", ".txt.gz"]
            .iter()
            .any(|ending| file.ends_with(ending));
        if file.contains("sitemap") && has_ending {
            Located::Sure(url.clone())
        } else {
            Located::Possible(url.clone())
        }
    }

    fn plan(&self, source: &WebUrl) -> Plan {
        Plan {
            way: Way::GetFile,
            answers: 50,
            depth: 1,
            new_pages: 2000,
            ..Plan::ask(
                source.clone(),
                "application/xml, text/xml;q=0.9, application/gzip;q=0.9, text/plain;q=0.5",
            )
        }
    }

    /// A sitemap may name pages and sitemaps of its own site only.
    fn read(&self, source: &WebUrl, answer: &Fetched) -> Findings {
        let host = |url: &WebUrl| url.to_url().host_str().map(str::to_owned);
        match entries(answer) {
            Ok(mut list) => {
                list.entries.retain(|entry| host(&entry.url) == host(source));
                // Stable, so that undated ones stay in the order of the file, behind the dated.
                list.entries.sort_by_key(|entry| std::cmp::Reverse(entry.changed));
                // An index without dates does not say which of its sitemaps changed.
                let is_pointer = list.is_index && list.entries.iter().any(|entry| entry.changed.is_none());
                let found = if list.is_index { Found::Next } else { Found::Page };
                let entries = list.entries.into_iter().map(move |entry| found(entry.url));
                findings(is_pointer.then_some(Found::Pointer).into_iter().chain(entries))
            }
            Err(error) => problem(error.to_string()),
        }
    }
}

/// What a sitemap lists.
#[derive(Default)]
struct List {
    is_index: bool,
    entries: Vec<Entry>,
}

struct Entry {
    url: WebUrl,
    changed: Option<crate::domain::Timestamp>,
}

/// Why bytes are no sitemap.
#[derive(Debug, thiserror::Error)]
enum SitemapError {
    #[error("cannot be unpacked: {0}")]
    Unreadable(#[from] std::io::Error),
    #[error("not a sitemap")]
    NoSitemap,
    #[error("not a readable sitemap: {0}")]
    Broken(#[source] quick_xml::Error),
}

fn entries(answer: &Fetched) -> Result<List, SitemapError> {
    let mut input = answer.reader(MAX_BYTES)?;
    let start = input.fill_buf()?.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if start.starts_with(b"http://") || start.starts_with(b"https://") {
        return lines(input, answer);
    }
    xml(input, answer)
}

/// A text file with one address a line.
fn lines(input: impl BufRead, answer: &Fetched) -> Result<List, SitemapError> {
    let mut list = List::default();
    for line in input.split(b'\n').take(MAX_ENTRIES) {
        let line = String::from_utf8_lossy(&line?).into_owned();
        list.push(line.trim_start_matches('\u{feff}'), "", answer);
    }
    Ok(list)
}

/// A sitemap that breaks off in the middle keeps what came before; its rest is not news for this visit.
fn xml(input: impl BufRead, answer: &Fetched) -> Result<List, SitemapError> {
    let mut reader = Reader::from_reader(input);
    let (mut buffer, mut list, mut reading) = (Vec::new(), List::default(), Place::default());
    while list.entries.len() < MAX_ENTRIES {
        buffer.clear();
        let event = match reader.read_event_into(&mut buffer) {
            Ok(event) => event,
            Err(_) if !list.entries.is_empty() => break,
            Err(error) => return Err(SitemapError::Broken(error)),
        };
        match event {
            Event::Eof => break,
            Event::Start(tag) => reading.open(tag.local_name().as_ref(), &mut list),
            Event::End(tag) => reading.close(tag.local_name().as_ref(), &mut list, answer),
            Event::Text(text) => reading.text(&text),
            Event::CData(text) => reading.text(&text),
            Event::GeneralRef(entity) => reading.text(&format!("&{};", &*entity)),
            _ => {}
        }
    }
    if reading.is_sitemap {
        Ok(list)
    } else {
        Err(SitemapError::NoSitemap)
    }
}

/// Where in the file we are.
#[derive(Default)]
struct Place {
    is_sitemap: bool,
    is_text: bool,
    text: String,
    address: String,
    changed: String,
}

impl Place {
    fn open(&mut self, name: &str, list: &mut List) {
        match name {
            "urlset" | "sitemapindex" => {
                self.is_sitemap = true;
                list.is_index = name == "sitemapindex";
            }
            "url" | "sitemap" => {
                self.address.clear();
                self.changed.clear();
            }
            _ => {}
        }
        self.is_text = matches!(name, "loc" | "lastmod" | "publication_date");
        self.text.clear();
    }

    fn text(&mut self, text: &str) {
        if self.is_text && self.text.len() + text.len() <= MAX_TEXT {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, name: &str, list: &mut List, answer: &Fetched) {
        match name {
            // `image:loc` and the like come after the page's own.
            "loc" if self.address.is_empty() => self.address = std::mem::take(&mut self.text),
            "lastmod" | "publication_date" => self.changed = std::mem::take(&mut self.text),
            "url" | "sitemap" if self.is_sitemap => list.push(&self.address, &self.changed, answer),
            _ => {}
        }
        self.is_text = false;
    }
}

impl List {
    fn push(&mut self, address: &str, changed: &str, answer: &Fetched) {
        let address = extract::plain(address);
        if address.trim().is_empty() {
            return;
        }
        if let Ok(url) = answer.url.join(&address) {
            let changed = extract::post_date(changed);
            self.entries.push(Entry { url, changed });
        }
    }
}
