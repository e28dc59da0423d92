use std::time::Instant;

use proptest::prelude::*;

use super::*;

#[path = "../../fuzz/src/check_robots.rs"]
mod check;

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
    assert!(cases.len() >= 150, "{}", cases.len());
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
        // The table holds the slow reader to account, too.
        check::check(format!("{}\n{robots}", path.trim_start_matches('/')).as_bytes());
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
    ("User-agent: *\nDisallow: /%%341", "/A", true),
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

/// In its remembered form each rule here is three times as long; the last one still counts.
#[test]
fn a_long_file_is_remembered_whole() {
    let rules: String = (0..20_000)
        .map(|n| format!("Disallow: /{}{n:05}\n", "\u{e9}".repeat(3)))
        .collect();
    let text = format!("User-agent: *\n{rules}Disallow: /last\n");
    assert!(text.len() <= Robots::MAX_BYTES);
    let told = Robots::parse(text.as_bytes()).text_for(AGENT);
    assert!(told.len() > Robots::MAX_BYTES, "{}", told.len());
    assert!(!Robots::remembered(&told).allows(AGENT, "/last"));
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

/// What the fuzzer starts from, and what it once found, asked again in every run of the tests.
#[test]
fn the_fuzzer_s_corpus_is_told_alike() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/robots");
    let mut asked = 0;
    for file in std::fs::read_dir(&corpus).expect("the folder") {
        check::check(&std::fs::read(file.expect("an entry").path()).expect("a file"));
        asked += 1;
    }
    assert!(asked > 5, "{}", corpus.display());
}

/// Lines as they are and as they should not be, over few characters, so that rules meet paths.
fn any_robots() -> impl Strategy<Value = Vec<u8>> {
    let key = "(User-agent|USER-AGENT|user-agent|Allow|allow|Disallow|DISALLOW|Crawl-delay|Sitemap|Noindex|)";
    let value = "(klarstelle|KlarStelle/1|x|\\*|[/ab*$%2F4A1e\u{e9}~.?#]{0,9}|[0-9.-]{0,3}|inf)";
    let line = format!("[ \t]?{key}[ \t]?:?[ \t]?{value}(\n|\r\n|\r|\n\n)");
    let lines = prop::collection::vec(prop::string::string_regex(&line).expect("a pattern"), 0..12);
    (any::<bool>(), lines).prop_map(|(marked, lines)| {
        let mark = if marked { "\u{FEFF}" } else { "" };
        (mark.to_owned() + &lines.concat()).into_bytes()
    })
}

proptest! {
    // Eight times as many as usual: one takes microseconds. `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 8, ..ProptestConfig::default() })]

    #[test]
    fn the_slow_reader_says_the_same(text in any_robots(), path in "[/ab*$%2F4A1e\u{e9}~.?]{0,10}") {
        check::check(&[path.as_bytes(), b"\n", &text].concat());
    }
}

proptest! {
    #[test]
    fn any_bytes_give_rules(bytes: Vec<u8>, path: String) {
        let _ = Robots::parse(&bytes).allows(AGENT, &path);
    }

    #[test]
    fn any_lines_give_rules(lines in prop::collection::vec("(User-agent|Allow|Disallow|Crawl-delay): ?[a-z*/$%2F#]{0,9}", 0..9)) {
        let _ = Robots::parse(lines.join("\n").as_bytes()).allows(AGENT, "/a");
    }

    #[test]
    fn normalising_twice_changes_nothing(path: Vec<u8>) {
        let once = normalise(&path).into_owned();
        let twice = normalise(once.as_bytes());
        prop_assert_eq!(&twice, &once);
    }
}
