//! `klarstelle eval` and the real files, where the development data are.

use std::path::Path;

use crate::support::{
    dev_data::dev_data,
    process::{heavy, klarstelle},
};

/// What `klarstelle eval` prints for a folder of questions about a folder of claims.
fn figures(claims: &Path, questions: &Path, more: &[&str]) -> serde_json::Value {
    let file = |dir: &Path, name: &str| dir.join(name).display().to_string();
    let (claims, queries) = (file(claims, "claimreviews.ndjson"), file(questions, "queries.jsonl"));
    let qrels = file(questions, "qrels.tsv");
    let files = ["--claims", &claims, "--queries", &queries, "--qrels", &qrels];
    let arguments = [&["eval", "--format", "json"], &files[..], more].concat();
    klarstelle(Path::new("/nonexistent"), &arguments).json()
}

/// In a full run only: without optimisation it takes its time.
#[test]
fn claims_are_found_at_least_as_well_as_the_plain_starting_point() {
    let Some(dir) = dev_data("matching/snopes-tweets") else {
        return;
    };
    let figures = figures(&dir, &dir, &[]);
    println!("snopes-tweets: {figures}");
    assert_eq!(figures["queries"], 990);
    assert!(figures["map_at_5"].as_f64() >= Some(0.80), "{figures}");
}

/// Floors a little under what the weights in use reach, most of them above BM25 alone (index/README.md): they catch an analyzer
/// or a ranker that breaks.
#[test]
fn claims_are_found_in_every_language_of_the_page() {
    let folder = |name: &str| Path::new("fixtures/matching").join(name);
    for (lang, posts, least) in LANGUAGES {
        let figures = figures(&folder(lang), &folder(lang), &[]);
        println!("{lang}: {figures}");
        assert_eq!(figures["queries"], *posts, "{lang}");
        assert!(figures["map_at_5"].as_f64() >= Some(*least), "{lang}: {figures}");
    }
    let across = figures(&folder("de"), &folder("cross"), &[]);
    println!("across: {across}");
    assert_eq!(across["queries"], 60);
}

const LANGUAGES: &[(&str, u32, f64)] = &[
    ("de", 290, 0.79),
    ("tr", 147, 0.82),
    ("ar", 141, 0.77),
    ("uk", 146, 0.66),
    ("ru", 162, 0.85),
    ("pl", 162, 0.79),
];

#[test]
fn an_order_is_learnt_and_measured_on_other_folds() {
    let data = tempfile::tempdir().expect("folder");
    let set = "fixtures/matching/tr";
    let learn = |sets: &[&str]| {
        let out = data.path().display().to_string();
        let pairs = ["--pairs", "fixtures/matching/pairs/de.jsonl", "--match-from", "0.8,0.5"];
        let arguments = [&["train-match"], sets, &pairs[..], &["--out", &out, "--format", "json"]].concat();
        klarstelle(data.path(), &arguments)
    };
    let together = ["--together", set, "--together", "fixtures/matching/cross"];
    let report = learn(&[&[set, "fixtures/matching/ar"][..], &together].concat()).json();
    assert_eq!(
        (&report["figures"][2]["set"], &report["figures"][2]["queries"]),
        (&"together".into(), &207.into()),
        "{report}"
    );
    let figures = &report["figures"];
    assert_eq!(
        (&figures[0]["set"], &figures[0]["queries"]),
        (&"tr".into(), &147.into()),
        "{figures}"
    );
    assert!(
        figures[0]["map_at_5"].as_f64() > figures[0]["bm25_map_at_5"].as_f64(),
        "{figures}"
    );
    let read = |file: &str| std::fs::read_to_string(data.path().join(file)).expect("a file of weights");
    assert!(claim_index::Ranker::from_json(&read("ranker.json")).is_some());
    let judge = claim_index::Judge::from_json(&read("judge.json")).expect("a judge");
    assert_eq!(judge.measured()["sets"][0]["questions"], 147, "{}", judge.measured());
    assert!((judge.needed().subject - 0.8).abs() < 1e-6 && (judge.needed().agreement - 0.5).abs() < 1e-6);
    assert_eq!(report["pairs"][1]["file"], "de.jsonl, among all", "{report}");
    for words in ["aşı", "deprem", "Marienfurt"] {
        let is_there = |file| read(file).contains(words);
        assert!(
            !is_there("ranker.json") && !is_there("judge.json"),
            "a word of the texts: {words}"
        );
    }

    let bad = learn(&[set, "--match-from", "0.8"]);
    assert_eq!(bad.code, 2, "{}", bad.stderr);
    let bad = learn(&["fixtures/matching/nowhere"]);
    assert_eq!(bad.code, 1, "{}", bad.stderr);
    assert!(bad.stderr.contains("fixtures/matching/nowhere"), "{}", bad.stderr);

    let folded = self::figures(Path::new(set), Path::new(set), &["--folds", "5"]);
    let (gain, low, high) = (&folded["gain"]["mean"], &folded["gain"]["low"], &folded["gain"]["high"]);
    assert_eq!(
        (&folded["queries"], &folded["folds"]),
        (&147.into(), &5.into()),
        "{folded}"
    );
    let difference = folded["map_at_5"].as_f64().unwrap() - folded["bm25"]["map_at_5"].as_f64().unwrap();
    assert!((gain.as_f64().unwrap() - difference).abs() < 1e-9, "{folded}");
    assert!(
        low.as_f64() < gain.as_f64() && gain.as_f64() < high.as_f64(),
        "{folded}"
    );
}

/// The weights in use have seen these pairs; what they reach on claims that they have not seen stands in `index/judge.json`.
#[test]
fn near_misses_are_told_from_paraphrases() {
    for lang in ["en", "de"] {
        let file = format!("fixtures/matching/pairs/{lang}.jsonl");
        let figures = klarstelle(
            Path::new("/nonexistent"),
            &["eval", "--pairs", &file, "--format", "json"],
        )
        .json();
        println!("{lang}: {figures}");
        assert!(
            figures["near_misses_not_matched"].as_f64() >= Some(0.85),
            "{lang}: {figures}"
        );
        assert!(
            figures["paraphrases_matched"].as_f64() >= Some(0.3),
            "{lang}: {figures}"
        );
    }
    let both = ["eval", "--pairs", "a.jsonl", "--claims", "b.ndjson"];
    assert_eq!(klarstelle(Path::new("/nonexistent"), &both).code, 2);
}

#[test]
fn what_is_hidden_is_seldom_matched_and_confidence_can_be_believed() {
    let set = Path::new("fixtures/matching/de");
    let figures = figures(set, set, &["--folds", "5", "--outcomes"]);
    let outcomes = &figures["outcomes"][0];
    let (present, hidden) = (&outcomes["present"], &outcomes["hidden"]);
    println!("{figures}");
    assert_eq!(
        (&present["questions"], &hidden["questions"]),
        (&290.into(), &290.into())
    );
    assert!(outcomes["precision"].as_f64() >= Some(0.9), "{outcomes}");
    assert!(
        present["right_match"].as_f64() > hidden["wrong_match"].as_f64(),
        "{outcomes}"
    );
    assert!(hidden["wrong_match"].as_f64() <= Some(0.05), "{outcomes}");
    assert!(figures["calibration_error"].as_f64() <= Some(0.06), "{figures}");
    let doubtful = figures["doubtful"].as_array().map_or(0, Vec::len);
    let told = hidden["wrong_match"].as_f64().expect("a share") * 290.0;
    assert!((doubtful as f64 - told).abs() < 0.5, "each one is named: {figures}");
}

/// With a real model, where the test command has installed it: German fact-checks, found by posts in five other languages.
#[test]
fn a_post_finds_the_fact_check_in_another_language() {
    let Some(model) = crate::support::dev_data::model("multilingual-e5-small") else {
        return;
    };
    let model = model.display().to_string();
    let folder = |name: &str| Path::new("fixtures/matching").join(name);
    let across = figures(&folder("de"), &folder("cross"), &["--model", &model]);
    println!("across: {across}");
    assert_eq!(across["queries"], 60);
    assert!(across["map_at_5"].as_f64() >= Some(0.9), "{across}");
}

/// A few posts in the asker's language among many fact-checks in another have their language in common, and hardly any says
/// what another says.
#[test]
fn posts_of_a_language_that_is_rare_are_not_kept_as_one_claim() {
    let Some(model) = crate::support::dev_data::model("multilingual-e5-small") else {
        return;
    };
    let model = model.display().to_string();
    let [claims, queries, qrels] = ["de/claimreviews.ndjson", "cross/queries.jsonl", "cross/qrels.tsv"]
        .map(|file| format!("fixtures/matching/{file}"));
    let data = tempfile::tempdir().expect("folder");
    let files = ["--claims", &claims, "--queries", &queries, "--qrels", &qrels];
    let ran = klarstelle(
        data.path(),
        &[&["--model", &model, "eval-cluster", "--format", "json"], &files[..]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let figures = ran.json();
    println!("kept as one: {figures}");
    let (with_claims, among) = (&figures["with_claims"], &figures["among_texts"]);
    assert!(with_claims["right"].as_u64() >= Some(6), "{figures}");
    assert!(with_claims["precision"].as_f64() >= Some(0.9), "{figures}");
    assert!(among["found"].as_u64() <= Some(4), "{figures}");
}

/// The same through an installation: the store, vectors beside the index, another process that reads them.
#[test]
fn an_installation_with_a_model_answers_across_languages() {
    let Some(model) = crate::support::dev_data::model("multilingual-e5-small") else {
        return;
    };
    let data = tempfile::tempdir().expect("folder");
    let model = model.display().to_string();
    let ran = |arguments: &[&str]| klarstelle(data.path(), &[arguments, &["--format", "json"]].concat());
    let with_model = |arguments: &[&str]| ran(&[&["--model", &model], arguments].concat());
    let file = "fixtures/matching/de/claimreviews.ndjson";
    let imported = with_model(&["import", file, "--publisher", "A desk", "--site", "desk.example"]);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    let vectors = data.path().join("index/vectors.bin");
    let before = std::fs::metadata(&vectors).expect("vectors").len();

    let post = "Arkadaşlar çifte vatandaş olanlar dikkat, yıl sonuna kadar Türk pasaportunu konsolosluğa teslim etmeyen \
                Alman vatandaşlığını kaybediyormuş";
    let answer = with_model(&["lookup", post]).json();
    let first = &answer["candidates"][0];
    assert_ne!(answer["outcome"], "none", "{answer}");
    assert!(
        first["claim"]["text"]
            .as_str()
            .is_some_and(|text| text.contains("Staatsbürgerschaft")),
        "{answer}"
    );
    let kinds = || first["reasons"].as_array().into_iter().flatten();
    assert!(kinds().any(|reason| reason["kind"] == "semantic"), "{answer}");
    assert_eq!(ran(&["lookup", post]).json()["outcome"], "none", "words cannot do that");

    assert_eq!(with_model(&["reindex"]).code, 0);
    let after = std::fs::metadata(&vectors).expect("vectors").len();
    assert_eq!(before, after, "the texts are the same: nothing is encoded anew");
    let found = with_model(&["doctor"]).json();
    let health = |found: &serde_json::Value, what: &str| {
        let of = found
            .as_array()
            .into_iter()
            .flatten()
            .find(|finding| finding["what"] == what);
        of.map(|finding| finding["health"].clone())
    };
    assert_eq!(health(&found, "model"), Some("ok".into()), "{found}");
    let none = ran(&["doctor"]).json();
    assert_eq!(health(&none, "model"), Some("warning".into()), "{none}");
    let broken = ran(&["--model", "fixtures", "doctor"]);
    assert_eq!(broken.code, 1);
    assert_eq!(health(&broken.json(), "model"), Some("failed".into()));
    assert_eq!(health(&broken.json(), "index"), Some("ok".into()));
}

#[test]
fn typos_and_capitals_hide_little() {
    let set = Path::new("fixtures/matching/pl");
    let map_of = |spoil: &[&str]| figures(set, set, spoil)["map_at_5"].as_f64().expect("a figure");
    let (clean, typos, capitals) = (
        map_of(&[]),
        map_of(&["--spoil", "typos"]),
        map_of(&["--spoil", "capitals"]),
    );
    assert!(typos < clean && clean - typos < 0.06, "{clean} {typos}");
    assert!((clean - capitals).abs() < 0.02, "{clean} {capitals}");
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

/// Well under what is reached (README): it catches a look that breaks, not a page more or less.
#[test]
fn articles_are_told_from_what_surrounds_them() {
    let Some(dir) = dev_data("extraction") else { return };
    let dir = dir.display().to_string();
    let figures = klarstelle(
        Path::new("/nonexistent"),
        &["eval-extract", &dir, "--format", "json", "--pages"],
    )
    .json();
    println!(
        "extraction: {} {} {}",
        figures["precision"], figures["recall"], figures["f1"]
    );
    assert_eq!(figures["pages"], 79);
    assert_eq!(
        figures["empty"], 0,
        "an article was taken for something else: {figures}"
    );
    assert!(figures["f1"].as_f64() >= Some(0.975), "{figures}");
    assert_eq!(figures["each"].as_array().map(Vec::len), Some(79));
}
