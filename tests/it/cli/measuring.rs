//! `klarstelle eval` and the real files, where the development data are.

use std::path::Path;

use crate::support::{
    dev_data::dev_data,
    process::{heavy, klarstelle},
};

/// What `klarstelle eval` prints for a folder of questions about a folder of claims.
fn figures(claims: &Path, questions: &Path) -> serde_json::Value {
    let file = |dir: &Path, name: &str| dir.join(name).display().to_string();
    let (claims, queries) = (file(claims, "claimreviews.ndjson"), file(questions, "queries.jsonl"));
    let qrels = file(questions, "qrels.tsv");
    let arguments = [
        "eval",
        "--claims",
        &claims,
        "--queries",
        &queries,
        "--qrels",
        &qrels,
        "--format",
        "json",
    ];
    klarstelle(Path::new("/nonexistent"), &arguments).json()
}

/// In a full run only: without optimisation it takes its time.
#[test]
fn claims_are_found_at_least_as_well_as_the_plain_starting_point() {
    let Some(dir) = dev_data("matching/snopes-tweets") else {
        return;
    };
    let figures = figures(&dir, &dir);
    println!("snopes-tweets: {figures}");
    assert_eq!(figures["queries"], 990);
    assert!(figures["map_at_5"].as_f64() >= Some(0.80), "{figures}");
}

/// Floors a little under what docs/operating.md shows: they catch an analyzer that breaks.
#[test]
fn claims_are_found_in_every_language_of_the_page() {
    let folder = |name: &str| Path::new("fixtures/matching").join(name);
    for (lang, posts, least) in LANGUAGES {
        let figures = figures(&folder(lang), &folder(lang));
        println!("{lang}: {figures}");
        assert_eq!(figures["queries"], *posts, "{lang}");
        assert!(figures["map_at_5"].as_f64() >= Some(*least), "{lang}: {figures}");
    }
    let across = figures(&folder("de"), &folder("cross"));
    println!("across: {across}");
    assert_eq!(across["queries"], 60);
}

const LANGUAGES: &[(&str, u32, f64)] = &[
    ("de", 290, 0.73),
    ("tr", 147, 0.77),
    ("ar", 141, 0.74),
    ("uk", 146, 0.60),
    ("ru", 162, 0.81),
    ("pl", 162, 0.74),
];

#[test]
fn real_fact_checks_are_imported_whole() {
    let Some(dir) = dev_data("matching") else { return };
    let sets = [
        ("snopes-tweets", 14_231),
        ("politifact-debates", 19_250),
        ("factcheck-tweets", 28_760),
    ];
    for (set, rows) in sets.into_iter().take(if heavy() { 3 } else { 1 }) {
        let data = tempfile::tempdir().expect("folder");
        let file = dir.join(set).join("claimreviews.ndjson").display().to_string();
        let ran = klarstelle(data.path(), &["import", &file, "--publisher", set, "--format", "json"]);
        let report = ran.json();
        assert_eq!(ran.code, 0, "{set}: {report}");
        assert_eq!(report["read"], rows, "{set}: {report}");
        assert_eq!(report["unreadable"], 0, "{set}");
    }
}
