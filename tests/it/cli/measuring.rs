//! `klarstelle eval` and the real files, where the development data are.

use std::path::Path;

use crate::support::{
    dev_data::dev_data,
    process::{heavy, klarstelle},
};

/// In a full run only: without optimisation it takes its time.
#[test]
fn claims_are_found_at_least_as_well_as_the_plain_starting_point() {
    let Some(dir) = dev_data("matching/snopes-tweets") else {
        return;
    };
    let file = |name: &str| dir.join(name).display().to_string();
    let (claims, queries, qrels) = (file("claimreviews.ndjson"), file("queries.jsonl"), file("qrels.tsv"));
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
    let figures = klarstelle(Path::new("/nonexistent"), &arguments).json();
    println!("snopes-tweets: {figures}");
    assert_eq!(figures["queries"], 990);
    assert!(figures["map_at_5"].as_f64() >= Some(0.80), "{figures}");
}

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
