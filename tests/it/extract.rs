//! Extraction and detection held to the fixtures: every case that they name, and the articles of the small web.

use std::{
    fs,
    io::BufReader,
    path::{Path, PathBuf},
};

use klarstelle::{
    detect,
    domain::{Document, Fingerprint, Verdict, WebUrl},
    extract::{self, Defaults, Reader, Unreadable},
};
use scraper::{Html, Selector};
use serde::Deserialize;

fn fixtures(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

fn url(address: &str) -> WebUrl {
    WebUrl::parse(address).expect("an address")
}

fn cases<T: for<'a> Deserialize<'a>>(folder: &str) -> Vec<T> {
    let text = fs::read_to_string(fixtures(folder).join("cases.json")).expect("cases");
    serde_json::from_str(&text).expect("cases are JSON")
}

#[derive(Deserialize)]
struct ClaimReviewCase {
    file: String,
    accepted: Option<usize>,
    refused: Option<Vec<Refusal>>,
    why: String,
}

#[derive(Deserialize)]
struct Refusal {
    line: u64,
}

fn read_file(file: &Path) -> (usize, Vec<u64>) {
    let defaults = Defaults {
        publisher: Some("Prüfstand".into()),
        ..Defaults::default()
    };
    let input = BufReader::new(fs::File::open(file).expect("a fixture"));
    let (sound, unsound): (Vec<_>, Vec<_>) = Reader::new(input, defaults).partition(Result::is_ok);
    (
        sound.len(),
        unsound
            .into_iter()
            .filter_map(Result::err)
            .map(|Unreadable { line, .. }| line)
            .collect(),
    )
}

fn read_page(file: &Path) -> (usize, Vec<u64>) {
    let bytes = fs::read(file).expect("a fixture");
    let found = extract::read(&bytes, Some("text/html"), &url("https://pruefstand.example/pruefung/7"));
    (found.reviews.len(), Vec::new())
}

#[test]
fn claimreview_in_all_its_shapes() {
    for case in cases::<ClaimReviewCase>("claimreview") {
        let file = fixtures("claimreview").join(&case.file);
        let is_page = file.extension().is_some_and(|ending| ending == "html");
        let (accepted, lines) = if is_page { read_page(&file) } else { read_file(&file) };
        if let Some(wanted) = case.accepted {
            assert_eq!(accepted, wanted, "{}: {}", case.file, case.why);
        }
        if let Some(refused) = case.refused {
            let wanted: Vec<u64> = refused.iter().map(|r| r.line).collect();
            let listed: Vec<u64> = lines
                .into_iter()
                .filter(|l| case.accepted.is_some() || wanted.contains(l))
                .collect();
            assert_eq!(listed, wanted, "{}: {}", case.file, case.why);
        }
    }
}

#[test]
fn a_review_may_refer_to_its_publisher() {
    let input = fs::read(fixtures("claimreview/graph.jsonld")).expect("a fixture");
    let rows: Vec<_> = Reader::new(&input[..], Defaults::default()).collect();
    assert!(
        rows.iter()
            .all(|row| row.as_ref().is_ok_and(|check| check.publisher.name == "Prüfstand")),
        "{rows:?}"
    );
}

#[test]
fn rows_without_a_publisher_ask_for_one() {
    let input = fs::read(fixtures("claimreview/no-publisher.ndjson")).expect("a fixture");
    let rows: Vec<_> = Reader::new(&input[..], Defaults::default())
        .map(|row| row.map_err(|e| e.to_string()))
        .collect();
    let refused: Vec<_> = rows.iter().filter_map(|row| row.as_ref().err()).collect();
    assert_eq!(
        refused,
        ["1", "2", "3"]
            .map(|line| format!("line {line}: names no publisher: pass --publisher"))
            .each_ref()
    );
}

#[derive(Deserialize)]
struct FeedCase {
    file: String,
    readable: Option<bool>,
    items: Option<usize>,
    why: String,
}

#[test]
fn feeds_good_and_bad() {
    for case in cases::<FeedCase>("feeds") {
        let bytes = fs::read(fixtures("feeds").join(&case.file)).expect("a fixture");
        let found = extract::feed(&bytes, &url("https://lippauer-bote.example/feed"));
        if let Some(readable) = case.readable {
            assert_eq!(found.is_ok(), readable, "{}: {} ({found:?})", case.file, case.why);
        }
        let items = found.unwrap_or_default();
        assert!(items.iter().all(|item| item.summary.len() < 100_000), "{}", case.file);
        if let Some(wanted) = case.items {
            let links = items.iter().filter(|item| item.url.is_some()).count();
            assert_eq!(links, wanted, "{}: {} ({items:?})", case.file, case.why);
        }
    }
}

#[derive(Deserialize)]
struct SocialCase {
    file: String,
    readable: bool,
    posts: Option<usize>,
    why: String,
}

#[test]
fn timelines_good_and_bad() {
    for case in cases::<SocialCase>("social") {
        let bytes = fs::read(fixtures("social").join(&case.file)).expect("a fixture");
        let found = extract::mastodon(&bytes, &url("https://plausch.example/api/v1/timelines/public"));
        assert_eq!(found.is_ok(), case.readable, "{}: {} ({found:?})", case.file, case.why);
        if let Some(wanted) = case.posts {
            assert_eq!(found.unwrap_or_default().len(), wanted, "{}: {}", case.file, case.why);
        }
    }
}

/// Every page of the small web: its address and its file's bytes.
fn web() -> Vec<(WebUrl, Vec<u8>)> {
    let root = fixtures("web");
    let (mut pages, mut todo) = (Vec::new(), vec![root.clone()]);
    while let Some(path) = todo.pop() {
        if path.is_dir() {
            todo.extend(
                fs::read_dir(&path)
                    .expect("a folder")
                    .map(|entry| entry.expect("an entry").path()),
            );
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let inside = path
                .strip_prefix(&root)
                .expect("inside")
                .to_string_lossy()
                .replace("index.html", "");
            pages.push((url(&format!("https://{inside}")), fs::read(&path).expect("a page")));
        }
    }
    pages.sort();
    pages
}

/// What surrounds the articles of the small web, and is none of their text.
const SURROUNDINGS: &[&str] = &[
    "Cookies verwenden",
    "Alle annehmen",
    "Newsletter bestellen",
    "Meistgelesen",
    "Lesen Sie auch",
    "Alle Rechte vorbehalten",
    "Impressum",
    "Skip to content",
    "More from the Courier",
    "Advertisement",
    "stores one cookie",
    "Printed every Friday",
    "Ana sayfa",
    "İlgili haberler",
    "Çok okunanlar",
    "çerez kullanıyoruz",
    "Kabul et",
    "Nöbetçi eczaneler",
];

#[test]
fn articles_are_found_and_their_surroundings_are_not() {
    let paragraph = Selector::parse("article p").expect("a selector");
    let papers = ["rheinblick.example", "callan-courier.example", "kiyipostasi.example"];
    let is_article = |page: &Html| {
        page.select(&paragraph)
            .filter(|p| p.text().collect::<String>().len() > 200)
            .count()
            > 2
    };
    let mut articles = 0;
    for (address, bytes) in web() {
        let page = Html::parse_document(&String::from_utf8_lossy(&bytes));
        if !papers.iter().any(|host| address.as_str().contains(host)) || !is_article(&page) {
            continue;
        }
        articles += 1;
        let document = extract::article(&String::from_utf8_lossy(&bytes), &address)
            .document
            .expect("an article");
        for wanted in page
            .select(&paragraph)
            .map(|p| p.text().collect::<String>())
            .filter(|p| p.len() > 150)
        {
            assert!(
                document.text.contains(&wanted),
                "{address} lacks {wanted:?}:\n{}",
                document.text
            );
        }
        for noise in SURROUNDINGS {
            assert!(
                !document.text.contains(noise),
                "{address} has {noise:?}:\n{}",
                document.text
            );
        }
        assert!(
            document.published_at.is_some() && document.author.is_some() && !document.title.is_empty(),
            "{document:?}"
        );
    }
    assert!(articles > 15, "only {articles} articles");
}

#[test]
fn fact_checkers_pages_give_their_reviews() {
    let mut reviews = Vec::new();
    for (address, bytes) in web() {
        let found = extract::read(&bytes, Some("text/html; charset=utf-8"), &address).reviews;
        reviews.extend(found.into_iter().map(|review| (address.clone(), review)));
    }
    for (publisher, wanted) in [("Faktenwerft", 17), ("Terazi Mizan", 12)] {
        let its: Vec<_> = reviews
            .iter()
            .filter(|(_, review)| review.publisher.name == publisher)
            .collect();
        assert_eq!(its.len(), wanted, "{publisher}: {its:?}");
        let complete = |(page, review): &&(WebUrl, klarstelle::domain::ExternalFactCheck)| {
            review.url.as_ref().is_some_and(|url| url.key() == page.key())
                && !review.rating.text.is_empty()
                && review.published_at.is_some()
        };
        assert!(its.iter().all(complete), "{its:?}");
    }
}

#[test]
fn the_fact_checkers_ratings_are_understood() {
    let reviews = web()
        .into_iter()
        .flat_map(|(address, bytes)| extract::read(&bytes, Some("text/html"), &address).reviews);
    let unmapped = reviews.filter(|review| Verdict::of(&review.publisher, &review.rating) == Verdict::Unmapped);
    let unmapped: Vec<String> = unmapped.map(|review| review.rating.text).collect();
    // What was true and no longer is has no place on the scale.
    assert_eq!(unmapped, ["Veraltet"]);
}

#[derive(Deserialize)]
struct Joins {
    join: Vec<Join>,
}

#[derive(Deserialize)]
struct Join {
    claim: String,
    seen_at: Vec<String>,
}

/// The small web's documents: articles and posts.
fn documents() -> Vec<Document> {
    let timeline = fs::read(fixtures("web/plausch.example/api/v1/timelines/public.json")).expect("the timeline");
    let posts = extract::mastodon(&timeline, &url("https://plausch.example/api/v1/timelines/public")).expect("posts");
    let pages = web()
        .into_iter()
        .filter(|(address, _)| !address.as_str().contains("plausch.example"));
    let articles =
        pages.filter_map(|(address, bytes)| extract::article(&String::from_utf8_lossy(&bytes), &address).document);
    posts.into_iter().map(|post| post.document).chain(articles).collect()
}

#[test]
fn rumours_of_the_small_web_are_detected_where_they_stand() {
    let text = fs::read_to_string(fixtures("web/joins.toml")).expect("joins");
    let joins: Joins = toml::from_str(&text).expect("joins are TOML");
    let documents = documents();
    let mut missed = Vec::new();
    for join in joins.join {
        let wanted = Fingerprint::near_verbatim(&join.claim);
        for address in &join.seen_at {
            let document = documents
                .iter()
                .find(|d| d.url.key() == url(address).key())
                .expect("the document");
            let mentions = detect::mentions(document);
            if !mentions
                .iter()
                .any(|mention| Fingerprint::near_verbatim(&mention.quote) == wanted)
            {
                missed.push(format!("{:?} at {address}", join.claim));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[derive(Deserialize)]
struct PageCase {
    file: String,
    page: String,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    facts: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    images: Vec<serde_json::Value>,
    #[serde(default)]
    quotes: Vec<serde_json::Value>,
    #[serde(default)]
    claims: Vec<String>,
    #[serde(default)]
    reviews: usize,
    why: String,
}

/// What `klarstelle extract` prints for each kind of page: articles with all that is known of them, and pages that are none.
#[test]
fn pages_of_every_kind() {
    for case in cases::<PageCase>("pages") {
        let bytes = fs::read(fixtures("pages").join(&case.file)).expect("a fixture");
        let found = extract::read(
            &bytes,
            Some("text/html; charset=utf-8"),
            &url("https://pages.example/a"),
        );
        let printed = serde_json::to_value(&found).expect("JSON");
        let about = format!("{}: {}: {printed:#}", case.file, case.why);
        assert_eq!(printed["page"], case.page.as_str(), "{about}");
        let is_article = case.page == "article";
        assert_eq!(
            (found.document.is_some(), found.problems.is_empty()),
            (is_article, is_article),
            "{about}"
        );
        assert_eq!(printed["text"].is_null(), !is_article, "{about}");
        let text = printed["text"].as_str().unwrap_or_default();
        case.has
            .iter()
            .for_each(|wanted| assert!(text.contains(wanted.as_str()), "{wanted:?} in {about}"));
        case.lacks
            .iter()
            .for_each(|noise| assert!(!text.contains(noise.as_str()), "{noise:?} in {about}"));
        case.facts
            .iter()
            .for_each(|(name, value)| assert_eq!(printed[name], *value, "{name} in {about}"));
        let rows = |list: &str, fields: &[&str]| -> Vec<serde_json::Value> {
            let rows = printed[list].as_array().expect("a list").iter();
            rows.map(|row| fields.iter().map(|field| row[*field].clone()).collect())
                .collect()
        };
        assert_eq!(rows("images", &["url", "alt"]), case.images, "{about}");
        assert_eq!(rows("quotes", &["kind", "author", "url"]), case.quotes, "{about}");
        let claims: Vec<_> = case.claims.iter().map(|claim| serde_json::json!([claim])).collect();
        assert_eq!(rows("claims", &["text"]), claims, "{about}");
        assert_eq!(found.reviews.len(), case.reviews, "{about}");
    }
}
