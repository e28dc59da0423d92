//! robots.txt (RFC 9309): bytes to rules, rules to yes or no. Pure; fetching and caching stand in `host`.

use std::{borrow::Cow, fmt::Write, time::Duration};

/// A parsed robots.txt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    groups: Vec<Group>,
    sitemaps: Vec<String>,
}

/// User-agent lines and the rules that follow them (RFC 9309, 2.2).
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    /// Product tokens in lower case; `*` for everybody.
    agents: Vec<String>,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    verdict: Verdict,
    /// As written, normalised. Its length is what "most specific" means (RFC 9309, 2.2.2).
    path: String,
    pattern: Pattern,
}

/// In rising order of precedence between rules of equal length: the least restrictive wins (RFC 9309, 2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Disallow,
    Allow,
}

enum Line<'a> {
    Agent(String),
    Rule(Verdict, Cow<'a, str>),
    CrawlDelay(&'a [u8]),
    Sitemap(&'a [u8]),
    Other,
}

impl Robots {
    /// How much of a file is read, in bytes: the 500 KiB that RFC 9309, 2.5 asks for at the least.
    pub const MAX_BYTES: usize = 500 * 1024;

    /// Reads what can be read; lines that cannot are skipped, so that every input gives rules.
    pub fn parse(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
        Self::read(beginning(bytes))
    }

    /// Reads back what [`text_for`](Self::text_for) gave. Whole: encoded anew, rules can be longer than they were when the
    /// limit was put to them, and those at the end must not get lost from one run to the next.
    pub fn remembered(text: &str) -> Self {
        Self::read(text.as_bytes())
    }

    fn read(bytes: &[u8]) -> Self {
        let mut robots = Self::default();
        let mut in_agents = false;
        for line in bytes.split(|byte| is_line_end(*byte)) {
            match read_line(line) {
                Line::Agent(agent) => {
                    robots.add_agent(agent, in_agents);
                    in_agents = true;
                }
                Line::Rule(verdict, path) => {
                    robots.add_rule(verdict, &path);
                    in_agents = false;
                }
                // These do not end a run of user-agent lines (RFC 9309, 2.2.4).
                Line::CrawlDelay(value) => robots.add_crawl_delay(value),
                Line::Sitemap(value) => robots.sitemaps.push(String::from_utf8_lossy(value).into_owned()),
                Line::Other => {}
            }
        }
        robots
    }

    /// Whether this product token may fetch this path (with its query, as in the URL).
    pub fn allows(&self, agent: &str, path_and_query: &str) -> bool {
        let path = escape_specials(&normalise(path_and_query.as_bytes()));
        if path == "/robots.txt" {
            return true;
        }
        let rules = self.groups_of(agent).into_iter().flat_map(|group| &group.rules);
        let matching = rules.filter(|rule| rule.pattern.matches(&path));
        let strongest = matching.max_by_key(|rule| (rule.path.len(), rule.verdict));
        strongest.is_none_or(|rule| rule.verdict == Verdict::Allow)
    }

    /// How long this product token is asked to wait between two requests. Not in the RFC, but widely used.
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.groups_of(agent).iter().filter_map(|group| group.crawl_delay).max()
    }

    /// The sitemaps named, as written.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// What concerns one agent, as a robots.txt of its own that gives the same answers.
    pub fn text_for(&self, agent: &str) -> String {
        let mut text = format!("user-agent: {agent}\n");
        if let Some(delay) = self.crawl_delay(agent) {
            let _ = writeln!(text, "crawl-delay: {}", delay.as_secs_f64());
        }
        for rule in self.groups_of(agent).iter().flat_map(|group| &group.rules) {
            let word = match rule.verdict {
                Verdict::Allow => "allow",
                Verdict::Disallow => "disallow",
            };
            let _ = writeln!(text, "{word}: {}", rule.path);
        }
        text
    }

    /// All groups that name the agent, or else all that are for everybody (RFC 9309, 2.2.1).
    fn groups_of(&self, agent: &str) -> Vec<&Group> {
        let named = |token: &str| -> Vec<&Group> {
            let fits = |group: &&Group| group.agents.iter().any(|a| a == token);
            self.groups.iter().filter(fits).collect()
        };
        let own = named(&agent.to_ascii_lowercase());
        if own.is_empty() { named("*") } else { own }
    }

    fn add_agent(&mut self, agent: String, in_agents: bool) {
        match self.groups.last_mut() {
            Some(group) if in_agents => group.agents.push(agent),
            _ => self.groups.push(Group {
                agents: vec![agent],
                ..Group::default()
            }),
        }
    }

    /// A rule before any user-agent line has no group and is ignored; so is an empty one, which matches nothing.
    fn add_rule(&mut self, verdict: Verdict, path: &str) {
        if let Some(group) = self.groups.last_mut().filter(|_| !path.is_empty()) {
            let (path, pattern) = (path.to_owned(), Pattern::new(path));
            group.rules.push(Rule { verdict, path, pattern });
        }
    }

    fn add_crawl_delay(&mut self, value: &[u8]) {
        let seconds = std::str::from_utf8(value)
            .ok()
            .and_then(|text| text.parse::<f64>().ok());
        let a_day_at_most = seconds.filter(|s| !s.is_nan()).map(|s| s.min(86_400.0));
        let delay = a_day_at_most.map(Duration::try_from_secs_f64);
        if let (Some(group), Some(Ok(delay))) = (self.groups.last_mut(), delay) {
            group.crawl_delay = Some(delay);
        }
    }
}

/// What is read of a file. A line that the limit cuts is left out: half of a path is another rule.
fn beginning(bytes: &[u8]) -> &[u8] {
    match bytes.split_at_checked(Robots::MAX_BYTES) {
        Some((head, rest)) if rest.first().is_some_and(|byte| !is_line_end(*byte)) => {
            &head[..head.iter().rposition(|byte| is_line_end(*byte)).unwrap_or(0)]
        }
        Some((head, _)) => head,
        None => bytes,
    }
}

/// Lines end with CR, LF or both (RFC 9309, 2.2).
const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn read_line(line: &[u8]) -> Line<'_> {
    let line = line.split(|&b| b == b'#').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|&b| b == b':') else {
        return Line::Other;
    };
    let value = line[colon + 1..].trim_ascii();
    match line[..colon].trim_ascii().to_ascii_lowercase().as_slice() {
        b"user-agent" => Line::Agent(product_token(value)),
        b"allow" => Line::Rule(Verdict::Allow, normalise(value)),
        b"disallow" => Line::Rule(Verdict::Disallow, normalise(value)),
        b"crawl-delay" => Line::CrawlDelay(value),
        b"sitemap" => Line::Sitemap(value),
        _ => Line::Other,
    }
}

/// `Klarstelle/1.0 (…)` names the product `klarstelle`; the RFC allows letters, `_` and `-` in one.
fn product_token(value: &[u8]) -> String {
    if value.first() == Some(&b'*') {
        return "*".to_owned();
    }
    let token = value
        .iter()
        .take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'));
    token.map(|b| char::from(b.to_ascii_lowercase())).collect()
}

/// One form for equal paths (RFC 9309, 2.2.2): bytes outside ASCII percent-encoded, encoded unreserved characters
/// decoded, hex digits in upper case. Reserved characters stay as written, so `%2F` is not `/`. A `%` that encodes nothing
/// is encoded itself, lest it encode what follows in its new form (`%%341`). The result is ASCII.
fn normalise(path: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(path) {
        Ok(text) if path.iter().all(|b| b.is_ascii_graphic() && *b != b'%') => Cow::Borrowed(text),
        _ => Cow::Owned(normalise_bytes(path)),
    }
}

fn normalise_bytes(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, tail)) = rest.split_first() {
        let (byte, tail, coded) = match decode(rest) {
            Some((byte, tail)) => (byte, tail, true),
            None => (byte, tail, byte == b'%' || !byte.is_ascii_graphic()),
        };
        let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if coded && !is_unreserved {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
        rest = tail;
    }
    out
}

/// In a path `*` and `$` are plain characters; a rule means them by writing `%2A` and `%24` (RFC 9309, 2.2.3).
fn escape_specials(path: &str) -> String {
    path.replace('*', "%2A").replace('$', "%24")
}

/// `%41…` to its byte and what follows.
fn decode(text: &[u8]) -> Option<(u8, &[u8])> {
    let (b'%', tail) = text.split_first().map(|(b, tail)| (*b, tail))? else {
        return None;
    };
    let hex = tail.get(..2).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))?;
    let byte = u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?;
    Some((byte, &tail[2..]))
}

/// A path with `*` for anything and `$` for the end: the literal parts between the stars.
#[derive(Debug, Clone, PartialEq)]
struct Pattern {
    parts: Vec<String>,
    is_anchored: bool,
}

impl Pattern {
    fn new(path: &str) -> Self {
        let literal = path.strip_suffix('$');
        let parts = literal.unwrap_or(path).split('*').map(escape_specials).collect();
        Self {
            parts,
            is_anchored: literal.is_some(),
        }
    }

    /// The leftmost place for each part in turn leaves the most for the others, so no place is tried twice, and the
    /// time is linear in the path whatever the stars (`str::find` is linear too).
    fn matches(&self, path: &str) -> bool {
        let Some((first, others)) = self.parts.split_first() else {
            return true;
        };
        let Some(mut rest) = path.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            return !self.is_anchored || rest.is_empty();
        };
        for part in middle {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        if self.is_anchored {
            rest.ends_with(last.as_str())
        } else {
            rest.contains(last.as_str())
        }
    }
}

#[cfg(test)]
#[path = "robots_tests.rs"]
mod tests;
