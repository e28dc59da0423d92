//! What must go comes in: addresses and texts. Whether a record holds any of it goes out, however it is written there.
//!
//! One post stands in many answers: in its own page, in each fetch of a feed or a timeline, as HTML, as JSON, as XML. So
//! texts are compared by their letters and digits alone, with escapes undone and marks left out.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, BuildError};

use super::reader::Record;
use crate::domain::{Kept, UrlKey, WebUrl};

/// Of a text, the longest lines are looked for: the least likely to be said elsewhere by chance.
const LINES: usize = 3;

/// So many letters of each; shorter lines, and titles, are too common to be looked for, unless there is nothing else.
const LONGEST: usize = 160;
const SHORTEST: usize = 24;

/// A text that is nothing but a short line is looked for from so many letters on: "Danke!" is in every other answer.
const SHORTEST_ALONE: usize = 12;

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Needles {
    keys: HashSet<UrlKey>,
    addresses: HashSet<String>,
    texts: HashSet<String>,
    records: HashSet<[u8; 32]>,
}

impl Needles {
    /// Looks for an address: records of it, and those that name it.
    pub fn address(&mut self, url: &WebUrl) {
        if self.keys.insert(url.key()) {
            self.addresses.insert(bare(url));
        }
    }

    /// Looks for a title and a text.
    pub fn text(&mut self, title: &str, text: &str) {
        let mut lines: Vec<String> = text.lines().chain([title]).map(letters).collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.chars().count()));
        let wanted = lines.into_iter().take(LINES).enumerate();
        let least = |at: usize| if at == 0 { SHORTEST_ALONE } else { SHORTEST };
        let telling = wanted.filter(|(at, line)| line.chars().count() >= least(*at));
        let cut = telling.map(|(_, line)| line.chars().take(LONGEST).collect::<String>());
        self.texts.extend(cut);
    }

    /// Looks for a record that a document was read from.
    pub fn record(&mut self, kept: &Kept) {
        self.records.insert(kept.digest);
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.texts.is_empty() && self.records.is_empty()
    }

    /// Ready to look through many records for all of it at once.
    pub fn ready(self) -> Result<Search, BuildError> {
        Ok(Search {
            addresses: AhoCorasick::new(&self.addresses)?,
            texts: AhoCorasick::new(&self.texts)?,
            keys: self.keys,
            records: self.records,
        })
    }
}

/// Looks through records.
#[derive(Debug)]
pub struct Search {
    keys: HashSet<UrlKey>,
    addresses: AhoCorasick,
    texts: AhoCorasick,
    records: HashSet<[u8; 32]>,
}

impl Search {
    /// Whether a record is of one of the addresses, leads there or names it, says one of the texts, or is one of the records.
    pub fn finds(&self, record: &Record) -> bool {
        let is_of_it = |url: Option<WebUrl>| url.is_some_and(|url| self.keys.contains(&url.key()));
        if self.records.contains(&record.digest) || is_of_it(record.target()) || is_of_it(record.leads_to()) {
            return true;
        }
        let raw = String::from_utf8_lossy(&record.block);
        if self.is_named_in(&raw) {
            return true;
        }
        let unescaped = unescaped(&raw);
        self.is_named_in(&unescaped) || self.texts.is_match(&letters(&unescaped))
    }

    /// Whether a text names one of the addresses: whatever stands after host and path is part of what is named.
    fn is_named_in(&self, text: &str) -> bool {
        let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'<>\\`|{}".contains(c);
        let begins = |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '.'));
        let mut places = self.addresses.find_overlapping_iter(text).map(|found| found.start());
        places.any(|at| {
            let named = text[at..]
                .chars()
                .take(WebUrl::MAX_BYTES)
                .take_while(|c| !ends(*c))
                .collect::<String>();
            let named = named.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_']);
            let url = WebUrl::parse(&format!("https://{named}"));
            begins(&text[..at]) && url.is_ok_and(|url| self.keys.contains(&url.key()))
        })
    }
}

/// Host and path of an address: what stands in a text that names it, however it goes on.
fn bare(url: &WebUrl) -> String {
    let address = url.as_str();
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    bare.split(['?', '#'])
        .next()
        .unwrap_or(bare)
        .trim_end_matches('/')
        .to_owned()
}

/// The letters and digits of a text, in lower case, without marks between angle brackets.
fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut close) = (text, text.find('>'));
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        if close.is_some_and(|close| close < at) {
            close = rest.find('>').map(|further| at + further);
        }
        let tag = if c == '<' {
            tag(rest, close.map(|close| close - at))
        } else {
            None
        };
        if tag.is_none() && c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
        rest = &rest[tag.unwrap_or(c.len_utf8())..];
    }
    out
}

/// How long the tag is with which a text begins, if it is one: it closes soon. What XML quotes (CDATA) is text.
fn tag(text: &str, close: Option<usize>) -> Option<usize> {
    const QUOTES: &str = "<![CDATA[";
    if text.starts_with(QUOTES) {
        return Some(QUOTES.len());
    }
    let begins = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    close.filter(|close| begins && *close < 2000).map(|close| close + 1)
}

/// A text with the escapes of JSON (`\u00fc`, `\/`, `\n`) and the character references of HTML undone, twice: feeds have HTML
/// within XML.
fn unescaped(text: &str) -> String {
    let once = references(&backslashes(text));
    references(&once)
}

fn backslashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('\\');
    out.push_str(parts.next().unwrap_or_default());
    let (mut units, mut is_escaped): (Vec<u16>, bool) = (Vec::new(), false);
    for part in parts {
        let unit = part.strip_prefix('u').and_then(|rest| rest.get(..4));
        let unit = unit
            .filter(|_| !is_escaped)
            .and_then(|digits| u16::from_str_radix(digits, 16).ok());
        if let Some(unit) = unit {
            units.push(unit);
            if part.len() == 5 {
                continue;
            }
        }
        out.push_str(&String::from_utf16_lossy(&units));
        units.clear();
        let after = if unit.is_some() {
            &part[5..]
        } else {
            part.strip_prefix(['n', 't', 'r']).unwrap_or(part)
        };
        out.push_str(after);
        // `\\` is a backslash, and what follows it stands for itself.
        is_escaped = part.is_empty() && !is_escaped;
    }
    out.push_str(&String::from_utf16_lossy(&units));
    out
}

fn references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .char_indices()
            .take(32)
            .find(|(_, c)| *c == ';')
            .map(|(end, _)| end);
        let known = end.and_then(|end| Some((reference(&rest[1..end])?, end)));
        if let Some((c, end)) = known {
            out.push_str(&c);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out + rest
}

fn reference(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    let table = html5ever::data::NAMED_ENTITIES.get(format!("{name};").as_str())?;
    let (first, second) = *table;
    Some(
        [first, second]
            .into_iter()
            .filter(|code| *code != 0)
            .filter_map(char::from_u32)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_is_written() {
        let plain = letters("Die Brücke \"Süd\" ist gesperrt & bleibt es.");
        for written in [
            r#"{"content":"<p>Die Br\u00fccke \"S\u00fcd\" ist <b>gesperrt</b> &amp; bleibt es.<\/p>"}"#,
            "<p>Die Br&uuml;cke &quot;S&#252;d&quot; ist gesperrt\n &amp; bleibt&nbsp;es.</p>",
            "&lt;p&gt;Die Br&amp;uuml;cke &quot;S&amp;#xFC;d&quot; ist gesperrt &amp;amp; bleibt es.",
            "Die Brücke \\\"Süd\\\"\\nist gesperrt & bleibt es.",
        ] {
            assert!(
                letters(&unescaped(written)).contains(&plain),
                "{}",
                letters(&unescaped(written))
            );
        }
        for odd in [
            "\\",
            "\\u",
            "\\u12",
            "\\ud83d\\ude00",
            "&",
            "&#;",
            "&#xFFFFFFFF;",
            "<",
            "\\\\u00fc",
            "&ü;",
        ] {
            let _ = letters(&unescaped(odd));
        }
    }

    #[test]
    fn an_address_is_named_whole() {
        let mut needles = Needles::default();
        needles.address(&WebUrl::parse("https://a.example/p/7").expect("an address"));
        let search = needles.ready().expect("ready");
        for (text, named) in [
            ("<a href=\"https://a.example/p/7\">", true),
            ("Location: http://a.example/p/7\r\n", true),
            ("https://a.example/p/7/?utm_source=1", true),
            ("Siehe https://a.example/p/7?utm_source=feed.", true),
            ("https://a.example/p/7?id=8", false),
            ("https://www.xa.example/p/7", false),
            ("https://a.example/p/71", false),
            ("https://a.example/p/7-b", false),
            ("https://a.example/p/7/b", false),
        ] {
            assert_eq!(search.is_named_in(text), named, "{text}");
        }
    }

    #[test]
    fn tags_hide_nothing_and_cost_nothing() {
        for (text, said) in [
            ("<p class=\"x\">Ja</p>, <b>nein</b>", "janein"),
            ("<title><![CDATA[Ja, <b>nein</b>]]></title>", "janein"),
            ("3 < 4 und 5 > 2", "34und52"),
            ("Ja <3 dich", "ja3dich"),
            ("Ja <b", "jab"),
        ] {
            assert_eq!(letters(text), said, "{text}");
        }
        assert_eq!(letters(&"<a".repeat(1 << 20)).len(), 1 << 20);
    }
}
