//! robots.txt told slowly, straight from RFC 9309: what `src/crawl/robots.rs` must agree with. It shares nothing with it: octets
//! are told apart one by one instead of as text, and a pattern fills a table instead of searching for its parts. Run by the fuzz target
//! on what it makes up, and by the tests on generated files and on what the fuzzer once found.

use std::time::Duration;

use super::Robots;

const AGENTS: [&str; 2] = ["klarstelle", "x"];

/// The first line is a path without its slash, the rest a robots.txt.
pub(crate) fn check(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let path = format!("/{}", String::from_utf8_lossy(parts.next().unwrap_or_default()));
    let text = parts.next().unwrap_or_default();
    let (robots, groups) = (Robots::parse(text), groups(text));
    for agent in AGENTS {
        let ours = groups_for(&groups, agent);
        let (may, delay) = (
            may_fetch(&ours, &path),
            ours.iter().filter_map(|group| group.delay).max(),
        );
        let said = || format!("{path} as {agent} in {:?}", String::from_utf8_lossy(text));
        assert_eq!(robots.allows(agent, &path), may, "{}", said());
        assert_eq!(robots.crawl_delay(agent), delay, "{}", said());
        let again = Robots::remembered(&robots.text_for(agent));
        assert_eq!(again.allows(agent, &path), may, "remembered: {}", said());
        assert_eq!(again.crawl_delay(agent), delay, "remembered: {}", said());
    }
}

#[derive(Default)]
struct Group {
    agents: Vec<String>,
    rules: Vec<Rule>,
    delay: Option<Duration>,
    /// Whether a rule stands in it, even one without a path: the next agent begins another group.
    is_closed: bool,
}

struct Rule {
    allows: bool,
    octets: Vec<Octet>,
}

/// A character, or one that stays encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Octet {
    Plain(u8),
    Encoded(u8),
}

#[derive(Clone, Copy)]
enum Piece {
    This(u8),
    Anything,
    TheEnd,
}

/// Section 2.2. What is no line of these kinds says nothing.
fn groups(text: &[u8]) -> Vec<Group> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut groups: Vec<Group> = Vec::new();
    for line in text.split(|byte| b"\r\n".contains(byte)) {
        let said = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let mut halves = said.splitn(2, |byte| *byte == b':').map(<[u8]>::trim_ascii);
        let (Some(key), Some(value)) = (halves.next(), halves.next()) else {
            continue;
        };
        let key = key.to_ascii_lowercase();
        if key == b"user-agent" && groups.last().is_none_or(|group| group.is_closed) {
            groups.push(Group::default());
        }
        if let Some(group) = groups.last_mut() {
            add(group, &key, value);
        }
    }
    groups
}

fn add(group: &mut Group, key: &[u8], value: &[u8]) {
    match key {
        b"user-agent" => group.agents.push(product(value)),
        b"crawl-delay" => group.delay = delay(value).or(group.delay),
        b"allow" | b"disallow" => {
            group.is_closed = true;
            group.rules.push(Rule {
                allows: key == b"allow",
                octets: octets(value),
            });
        }
        _ => {}
    }
}

/// Section 2.2.1: letters, `_` and `-`, or `*` for everybody.
fn product(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    if text.starts_with('*') {
        return "*".to_owned();
    }
    let end = text.find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'));
    text[..end.unwrap_or(text.len())].to_owned()
}

/// Seconds, a day at the most.
fn delay(value: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    if seconds >= 86_400.0 {
        return Some(Duration::from_hours(24));
    }
    Duration::try_from_secs_f64(seconds).ok()
}

/// Section 2.2.1: all groups that name the agent; if none does, all for everybody.
fn groups_for<'a>(groups: &'a [Group], agent: &str) -> Vec<&'a Group> {
    let of = |name: &str| -> Vec<&Group> {
        let named = groups.iter().filter(|group| group.agents.iter().any(|a| a == name));
        named.collect()
    };
    let own = of(agent);
    if own.is_empty() { of("*") } else { own }
}

/// Section 2.2.2: the longest rule that fits decides, an Allow before a Disallow; a rule without a path fits nothing.
fn may_fetch(groups: &[&Group], path: &str) -> bool {
    let path = octets(path.as_bytes());
    if path == octets(b"/robots.txt") {
        return true;
    }
    let path: Vec<u8> = path.into_iter().map(literal).flat_map(spelt).collect();
    let mut best = (0, true);
    for rule in groups.iter().flat_map(|group| &group.rules) {
        let length = length(&rule.octets);
        if length > 0 && fits(&pieces(&rule.octets), &path) {
            best = best.max((length, rule.allows));
        }
    }
    best.1
}

/// Section 2.2.2: unreserved characters plain however they are written; all others as they are written, or encoded if they
/// cannot stand in an address.
fn octets(text: &[u8]) -> Vec<Octet> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < text.len() {
        if let Some(byte) = encoded(&text[at..]) {
            let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            found.push(if is_unreserved {
                Octet::Plain(byte)
            } else {
                Octet::Encoded(byte)
            });
            at += 3;
            continue;
        }
        let byte = text[at];
        found.push(if byte.is_ascii_graphic() && byte != b'%' {
            Octet::Plain(byte)
        } else {
            Octet::Encoded(byte)
        });
        at += 1;
    }
    found
}

/// The byte that `%41…` begins with.
fn encoded(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

/// What is compared, and counted: an encoded octet is three (section 2.2.2), so `/*A` is found in `/%2A`.
fn spelt(octet: Octet) -> Vec<u8> {
    match octet {
        Octet::Plain(byte) => vec![byte],
        Octet::Encoded(byte) => format!("%{byte:02X}").into_bytes(),
    }
}

fn length(octets: &[Octet]) -> usize {
    octets.iter().map(|octet| spelt(*octet).len()).sum()
}

/// Section 2.2.3: where they do not have their meaning, `*` and `$` are what `%2A` and `%24` are.
const fn literal(octet: Octet) -> Octet {
    match octet {
        Octet::Plain(byte @ (b'*' | b'$')) => Octet::Encoded(byte),
        other => other,
    }
}

fn pieces(octets: &[Octet]) -> Vec<Piece> {
    let last = octets.len() - 1;
    let pieces = |(at, octet): (usize, &Octet)| match octet {
        Octet::Plain(b'*') => vec![Piece::Anything],
        Octet::Plain(b'$') if at == last => vec![Piece::TheEnd],
        other => spelt(literal(*other)).into_iter().map(Piece::This).collect(),
    };
    octets.iter().enumerate().flat_map(pieces).collect()
}

/// `fits[i][j]`: what stands in the pattern from i on matches the path from j on.
fn fits(pattern: &[Piece], path: &[u8]) -> bool {
    let (rows, columns) = (pattern.len(), path.len());
    let mut fits = vec![vec![false; columns + 1]; rows + 1];
    fits[rows].fill(true);
    for i in (0..rows).rev() {
        for j in (0..=columns).rev() {
            fits[i][j] = match pattern[i] {
                Piece::TheEnd => j == columns,
                Piece::Anything => fits[i + 1][j] || (j < columns && fits[i][j + 1]),
                Piece::This(byte) => j < columns && path[j] == byte && fits[i + 1][j + 1],
            };
        }
    }
    fits[0][0]
}
