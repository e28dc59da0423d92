//! `klarstelle detect`, `train-detect` and `eval-detect`.

use std::{fs, path::Path};

use crate::support::{dev_data::dev_data, process::klarstelle};

fn run(arguments: &[&str]) -> crate::support::process::Ran {
    klarstelle(Path::new("/nonexistent"), arguments)
}

#[test]
fn a_text_is_shown_with_its_claims_speakers_and_reasons() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("text.txt");
    let text = "Laut Polizei wurden am 3. Oktober in Lindrath 500 Menschen verletzt. Bitte teilen und alle zum Rathaus kommen!\n";
    fs::write(&file, text).expect("a file");
    let file = file.display().to_string();
    let found = run(&["detect", &file, "--lang", "de", "--format", "json"]).json();
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
    assert_eq!(found[0]["speaker"], "Polizei", "{found}");
    assert!(found[0]["score"].as_f64() > found[1]["score"].as_f64(), "{found}");
    assert!(found[0]["reasons"][0]["what"].is_string(), "{found}");
    let shown = run(&["detect", &file]).stdout;
    assert!(
        shown.contains("claim  Laut Polizei") && shown.contains("said by: Polizei"),
        "{shown}"
    );
    assert!(
        shown.contains("-      Bitte teilen") && shown.contains("a call to do something"),
        "{shown}"
    );

    fs::write(folder.path().join("bad"), [0xff, 0xfe]).expect("a file");
    let bad = run(&["detect", &folder.path().join("bad").display().to_string()]);
    assert!(bad.code == 1 && bad.stderr.contains("UTF-8"), "{}", bad.stderr);
    assert_eq!(run(&["detect", &file, "--lang", "d-e!"]).code, 1);
}

/// Lines that a machine can tell apart, in two languages.
fn lines(langs: &[(&str, [&str; 2])]) -> String {
    let line = |at: usize, lang: &str, words: [&str; 2]| {
        let label = at % 2;
        let text = format!(
            "{} {} nr {at}",
            words[label],
            ["xylophon", "quagga", "zwieback"][at % 3]
        );
        serde_json::json!({ "id": at, "text": text, "lang": lang, "label": label }).to_string() + "\n"
    };
    let all = langs
        .iter()
        .flat_map(|(lang, words)| (0..30).map(move |at| line(at, lang, *words)));
    all.collect()
}

#[test]
fn models_are_learnt_and_measured_by_texts_that_they_did_not_see() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let langs = [
        ("en", ["what a lovely day", "prices rose by five percent"]),
        ("de", ["ach wie schön", "die Preise stiegen um fünf Prozent"]),
    ];
    fs::write(at("a-claim.jsonl"), lines(&langs)).expect("a file");
    let missing = run(&["train-detect", &at("")]);
    assert!(
        missing.code == 1 && missing.stderr.contains("checkworthy"),
        "{}",
        missing.stderr
    );

    fs::write(at("a-checkworthy.jsonl"), lines(&langs[..1])).expect("a file");
    let reached = run(&["train-detect", &at(""), "--out", &at(""), "--format", "json"]).json();
    let told: Vec<_> = reached
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (&one["label"], &one["lang"], &one["n"]))
        .collect();
    let row = |label: &str, lang: &str| (label.to_owned(), lang.to_owned(), 30);
    let told: Vec<_> = told
        .into_iter()
        .map(|(a, b, c)| {
            (
                a.as_str().unwrap().to_owned(),
                b.as_str().unwrap().to_owned(),
                c.as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [row("claim", "de"), row("claim", "en"), row("worthy", "en")]);
    assert!(reached[1]["average_precision"].as_f64() > Some(0.95), "{reached}");
    assert!(
        reached[1]["without_language"].is_number() && reached[2]["without_language"].is_null(),
        "{reached}"
    );

    let weights = fs::read(at("weights.bin")).expect("a file of weights");
    let model = klarstelle::detect::Model::from_bytes(&weights).expect("sound weights");
    assert_eq!(model.about()["figures"].as_array().map(Vec::len), Some(3));
    let header = String::from_utf8_lossy(&weights[..weights.len().min(20_000)]).into_owned();
    assert!(
        header.starts_with('{') && header.contains("train-detect"),
        "{header:.200}"
    );
    for word in ["xylophon", "quagga", "zwieback"] {
        assert!(
            !weights.windows(word.len()).any(|window| window == word.as_bytes()),
            "a word of the texts: {word}"
        );
    }
    assert!(klarstelle::detect::Model::from_bytes(&weights[..weights.len() - 100]).is_err());
    assert!(klarstelle::detect::Model::from_bytes(b"{}\n\n").is_err());
}

#[test]
fn labelled_files_are_evaluated_by_the_documented_figures() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(
        at("l.jsonl"),
        lines(&[("en", ["i love you all so much", "prices rose by five percent in 2020"])]),
    )
    .expect("a file");
    let figures = run(&["eval-detect", "--labelled", &at("l.jsonl"), "--format", "json"]).json();
    assert_eq!(
        (&figures["n"], &figures["positive"], &figures["label"]),
        (&30.into(), &15.into(), &"claim".into())
    );
    for name in ["precision", "recall", "f1", "average_precision", "accuracy"] {
        assert!(
            figures[name]
                .as_f64()
                .is_some_and(|figure| (0.0..=1.0).contains(&figure)),
            "{name}: {figures}"
        );
    }
    assert!(figures["threshold"]["en"].is_number(), "{figures}");
    let worthy = run(&[
        "eval-detect",
        "--labelled",
        &at("l.jsonl"),
        "--label",
        "worthy",
        "--format",
        "json",
    ])
    .json();
    assert_ne!(worthy["threshold"], figures["threshold"]);
    let by_parts = run(&[
        "eval-detect",
        "--labelled",
        &at("l.jsonl"),
        "--folds",
        "3",
        "--format",
        "json",
    ])
    .json();
    assert!(
        by_parts[0]["baseline"].is_number() && by_parts[0]["gain"]["low"].is_number(),
        "{by_parts}"
    );

    for (line, said) in [
        ("{\"text\":\"a\",\"lang\":\"en\",\"label\":2}", "label"),
        ("{\"text\":\"a\",\"lang\":\"en\"}", "label"),
        ("nonsense", "line 1"),
        ("", "no texts"),
    ] {
        fs::write(at("bad.jsonl"), line).expect("a file");
        let bad = run(&["eval-detect", "--labelled", &at("bad.jsonl")]);
        assert!(bad.code == 1 && bad.stderr.contains(said), "{line}: {}", bad.stderr);
    }
}

/// Floors far under what is reached on texts that were learnt from: they catch weights that do not fit the features any more.
#[test]
fn the_shipped_weights_fit_the_program() {
    let Some(folder) = dev_data("checkworthiness") else {
        return;
    };
    for (file, label, least) in [
        ("germeval2021-factclaim.jsonl", "claim", 0.75),
        ("ct22-1B_claim-nl.jsonl", "claim", 0.85),
        ("ct22-1A_checkworthy-en.jsonl", "worthy", 0.7),
    ] {
        let file = folder.join(file).display().to_string();
        let figures = run(&["eval-detect", "--labelled", &file, "--label", label, "--format", "json"]).json();
        println!("{file}: {figures}");
        assert!(figures["average_precision"].as_f64() > Some(least), "{file}: {figures}");
    }
}
