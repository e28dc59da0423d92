use std::time::Instant;

use proptest::prelude::*;

use super::*;

const AGENT: &str = "klarstelle";

#[derive(serde::Deserialize)]
struct Case {
    robots: String,
    agent: String,
    path: String,
    allowed: bool,
    why: String,
}

#[test]
fn rules_say_what_the_rfc_says() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../fixtures/robots/cases.json")).expect("cases");
    assert!(!cases.is_empty());
    for Case {
        robots,
        agent,
        path,
        allowed,
        why,
    } in cases
    {
        assert_eq!(
            Robots::parse(robots.as_bytes()).allows(&agent, &path),
            allowed,
            "{why}: {robots:?} {path}"
        );
    }
}

/// What no well-meant file holds: robots.txt, path, whether we may fetch it.
const ODD: &[(&str, &str, bool)] = &[
    ("user-AGENT : KlarStelle/2.0 (x)\r\ndisallow\t:/a # why", "/a/b", false),
    (
        "User-agent: klarstelle\nSitemap: /s\nCrawl-delay: 1\nnonsense\n\nUser-agent: x\nDisallow: /a",
        "/a",
        false,
    ),
    ("User-agent: *\nDisallow: /a*b*c", "/a1c2b", true),
    ("User-agent: *\nDisallow: /a$b", "/a$b", false),
    ("User-agent: *\nDisallow: a", "/a", true),
    ("User-agent: *\nDisallow: /100%", "/100%", false),
    ("<html><body>User-agent: *<br>Disallow: /</body>", "/a", true),
    ("User-agent: *\n\0\0Disallow: /b\nDisallow: /a", "/a", false),
];

#[test]
fn odd_files_are_read_as_far_as_they_go() {
    for (text, path, wanted) in ODD {
        assert_eq!(
            Robots::parse(text.as_bytes()).allows(AGENT, path),
            *wanted,
            "{text:?} {path}"
        );
    }
}

#[test]
fn crawl_delays_and_sitemaps_are_read() {
    for (value, wanted) in [
        ("2", Some(2.0)),
        ("0.5", Some(0.5)),
        ("1e9", Some(86_400.0)),
        ("inf", Some(86_400.0)),
        ("-1", None),
        ("NaN", None),
        ("soon", None),
        ("", None),
    ] {
        let text = format!("Sitemap: https://x.example/s.xml\nUser-agent: *\nCrawl-delay: {value}\nDisallow: /x");
        let robots = Robots::parse(text.as_bytes());
        assert_eq!(robots.crawl_delay(AGENT).map(|d| d.as_secs_f64()), wanted, "{value}");
        assert_eq!(robots.sitemaps(), ["https://x.example/s.xml"]);
    }
}

/// Row F34: what stands at 499 KiB counts, what stands behind 500 KiB does not, and a cut line is no rule.
#[test]
fn the_first_500_kib_count() {
    for (at, rule, path, wanted) in [
        (499 * 1024, "Disallow: /late", "/late", false),
        (500 * 1024 + 1, "Disallow: /late", "/late", true),
        (500 * 1024 - 10, "Disallow: /late", "/", true),
        (500 * 1024 - 8, "Allow: /latecomer", "/hidden/x", false),
    ] {
        let mut text = b"User-agent: *\nDisallow: /hidden\n".to_vec();
        text.resize(at - 1, b'#');
        text.extend([b"\n", rule.as_bytes(), b"\n"].concat());
        text.resize(10 * 1024 * 1024, b'\n');
        assert_eq!(Robots::parse(&text).allows(AGENT, path), wanted, "{rule} at {at}");
    }
}

/// Row F34: `/*a*a*a…$` against `/aaaa…b` is exponential where stars backtrack.
#[test]
fn stars_do_not_backtrack() {
    let text = format!("User-agent: *\nDisallow: /{}$", "*a".repeat(5000));
    let robots = Robots::parse(text.as_bytes());
    let path = format!("/{}b", "a".repeat(20_000));
    let start = Instant::now();
    assert!(robots.allows(AGENT, &path));
    assert!(start.elapsed() < Duration::from_secs(1));
}

/// The definition, literally: slow, and obviously right.
fn slow_match(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => true,
        b"$" => path.is_empty(),
        [b'*', rest @ ..] => (0..=path.len()).any(|skip| slow_match(rest, &path[skip..])),
        [byte, rest @ ..] => path.first() == Some(byte) && slow_match(rest, &path[1..]),
    }
}

proptest! {
    #[test]
    fn the_matcher_agrees_with_a_plain_one(pattern in "/[ab*$]{0,8}", path in "/[ab]{0,10}") {
        prop_assert_eq!(Pattern::new(&pattern).matches(&path), slow_match(pattern.as_bytes(), path.as_bytes()));
    }

    #[test]
    fn any_bytes_give_rules(bytes: Vec<u8>, path: String) {
        let _ = Robots::parse(&bytes).allows(AGENT, &path);
    }

    #[test]
    fn any_lines_give_rules(lines in prop::collection::vec("(User-agent|Allow|Disallow|Crawl-delay): ?[a-z*/$%2F#]{0,9}", 0..9)) {
        let _ = Robots::parse(lines.join("\n").as_bytes()).allows(AGENT, "/a");
    }

    #[test]
    fn what_concerns_us_gives_the_same_answers(
        lines in prop::collection::vec("(User-agent: (klarstelle|x|\\*)|Allow: /[ab*$%é]{0,4}|Disallow: /[ab*$%2F]{0,4}|Crawl-delay: [0-9])", 0..12),
        path in "/[ab%é]{0,4}",
    ) {
        let all = Robots::parse(lines.join("\n").as_bytes());
        let ours = Robots::parse(all.text_for(AGENT).as_bytes());
        prop_assert_eq!(ours.allows(AGENT, &path), all.allows(AGENT, &path));
        prop_assert_eq!(ours.crawl_delay(AGENT), all.crawl_delay(AGENT));
    }

    #[test]
    fn normalising_twice_changes_nothing(path: Vec<u8>) {
        let once = normalise(&path).into_owned();
        let twice = normalise(once.as_bytes());
        prop_assert_eq!(&twice, &once);
    }
}
