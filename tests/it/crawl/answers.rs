//! What each kind makes of its service's answers: `fixtures/sources/cases.json`, case by case.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use klarstelle::{
    crawl::{Findings, Found, Sources},
    domain::{Author, SourceKind, WebUrl},
    net::{Fetched, Validators},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    file: String,
    kind: SourceKind,
    at: WebUrl,
    #[serde(default)]
    part: Part,
    found: Vec<String>,
    why: String,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Part {
    #[default]
    Source,
    Page,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/sources")
}

pub(super) fn answer(url: &WebUrl, body: impl Into<Bytes>) -> Fetched {
    Fetched {
        url: url.clone(),
        status: 200,
        content_type: None,
        validators: Validators::default(),
        retry_after: None,
        next: None,
        quota: None,
        body: body.into(),
        file: None,
        kept: None,
    }
}

fn words(found: Found) -> String {
    match found {
        Found::Page(url) => format!("page {url}"),
        Found::Next(url) => format!("next {url}"),
        Found::Pointer => "pointer".to_owned(),
        Found::Cursor(cursor) => format!("cursor {cursor}"),
        Found::Document(document) => {
            let byline = document.author.as_ref().and_then(Author::byline);
            assert_eq!(byline, None, "accounts of private persons are not kept");
            format!("document {} {} {}", document.url, document.lang, document.text)
        }
        Found::FactCheck(check) => {
            format!(
                "check {}: {}: {}",
                check.publisher.name, check.rating.text, check.claim_reviewed
            )
        }
        Found::Problem(_) => "problem".to_owned(),
    }
}

fn read(kind: SourceKind, at: &WebUrl, part: &Part, answer: &Fetched) -> Findings {
    let sources = Sources::standard();
    let kind = sources.get(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    match part {
        Part::Source => kind.read(at, answer),
        Part::Page => kind.read_page(at, answer),
    }
}

#[test]
fn answers_are_read_as_the_cases_say() {
    let cases = fs::read_to_string(folder().join("cases.json")).expect("cases");
    let cases: Vec<Case> = serde_json::from_str(&cases).expect("JSON");
    for case in &cases {
        let body = fs::read(folder().join(&case.file)).expect("a fixture");
        let found = read(case.kind, &case.at, &case.part, &answer(&case.at, body));
        let found: Vec<_> = found.map(words).collect();
        assert_eq!(found, case.found, "{} as {}: {}", case.file, case.kind, case.why);
    }
    assert!(cases.len() >= 25);
}

/// Every kind is given every fixture, whole and cut at many places, and bytes that are nothing. None panics, and none goes on
/// for ever.
#[test]
fn no_answer_makes_a_kind_panic() {
    let files: Vec<_> = fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| fs::read(entry.expect("an entry").path()).expect("a fixture"))
        .chain([
            vec![],
            b"{}".to_vec(),
            b"[]".to_vec(),
            b"null".to_vec(),
            vec![0x1f, 0x8b],
            b"\xff\xfe<".to_vec(),
        ])
        .collect();
    for kind in Sources::standard().all() {
        let at = WebUrl::parse("https://a.example/s/kanal?v=1#depth=2").expect("an address");
        for file in &files {
            for end in [0, 1, file.len() / 2, file.len().saturating_sub(1), file.len()] {
                let fetched = answer(&at, file[..end.min(file.len())].to_vec());
                assert!(kind.read(&at, &fetched).count() < 1000, "{}", kind.name());
                assert!(kind.read_page(&at, &fetched).count() < 1000, "{}", kind.name());
            }
        }
    }
}

/// A sitemap may have 50,000 entries and 50 MiB; what is beyond is not read, packed or not.
#[test]
fn sitemaps_end_at_the_protocol_s_limits() {
    let at = WebUrl::parse("https://a.example/sitemap.xml").expect("an address");
    let kind = SourceKind::named("sitemap");
    let entries: String = (0..50_001).map(|n| format!("<url><loc>/{n}</loc></url>")).collect();
    let long = format!("<urlset>{entries}</urlset>");
    assert_eq!(read(kind, &at, &Part::Source, &answer(&at, long)).count(), 50_000);

    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let padding = vec![b' '; 1 << 16];
    std::io::Write::write_all(&mut packer, b"<urlset><url><loc>/first</loc></url>").expect("packed");
    for _ in 0..(60 << 20) / padding.len() {
        std::io::Write::write_all(&mut packer, &padding).expect("packed");
    }
    std::io::Write::write_all(&mut packer, b"<url><loc>/last</loc></url></urlset>").expect("packed");
    let bomb = packer.finish().expect("packed");
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    let found: Vec<_> = read(kind, &at, &Part::Source, &answer(&at, bomb)).map(words).collect();
    assert_eq!(found, ["page https://a.example/first"]);
}
