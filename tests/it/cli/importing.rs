//! `klarstelle import`: what lands, what is skipped and said, what a second run changes.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::process::{Ran, command, klarstelle, run};

fn row(n: u64, claim: &str) -> Value {
    json!({"@type": "ClaimReview", "identifier": format!("pruef-{n}"), "claimReviewed": claim, "inLanguage": "de",
        "reviewRating": {"alternateName": "Falsch"}, "url": format!("https://pruefstelle.example/{n}")})
}

fn import(dir: &Path, text: &str) -> Ran {
    let file = dir.join("rows.ndjson");
    fs::write(&file, text).expect("written");
    let file = file.to_str().expect("UTF-8");
    klarstelle(
        &dir.join("data"),
        &["import", file, "--publisher", "Prüfstelle", "--format", "json"],
    )
}

#[test]
fn unreadable_rows_are_named_and_the_rest_lands() {
    let dir = tempfile::tempdir().expect("folder");
    let good = row(1, "Der Mond besteht aus Käse.").to_string();
    let last = row(4, "Die Erde ist eine Scheibe.").to_string();
    let text = format!(
        "{good}\nkein JSON\n{}\n{}",
        json!({"@type": "ClaimReview", "url": "https://a.example/"}),
        &last[..last.len() / 2]
    );
    let ran = import(dir.path(), &text);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let report = ran.json();
    assert_eq!(report["new"], 1);
    assert_eq!(report["unreadable"], 3);
    let lines: Vec<u64> = report["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|e| e["line"].as_u64())
        .collect();
    assert_eq!(lines, [2, 3, 4]);
    let found = klarstelle(
        &dir.path().join("data"),
        &["lookup", "Der Mond besteht aus Käse.", "--format", "json"],
    )
    .json();
    assert_eq!(found["outcome"], "match");
    assert_eq!(found["checked"], true);
    assert_eq!(found["candidates"][0]["fact_checks"][0]["rating"]["text"], "Falsch");
}

#[test]
fn a_second_import_changes_nothing() {
    let dir = tempfile::tempdir().expect("folder");
    let text: String = (0..700)
        .map(|n| row(n, &format!("Behauptung Nummer {n} über das Wasser.")).to_string() + "\n")
        .collect();
    assert_eq!(import(dir.path(), &text).json()["new"], 700);
    let last_change =
        |dir: &Path| klarstelle(&dir.join("data"), &["verify", "--format", "json"]).json()["store_at"].clone();
    let before = last_change(dir.path());
    let again = import(dir.path(), &text);
    assert_eq!(again.code, 0);
    assert_eq!(
        (again.json()["unchanged"].clone(), again.json()["new"].clone()),
        (json!(700), json!(0))
    );
    assert_eq!(
        last_change(dir.path()),
        before,
        "a row in the change log without a change"
    );
}

#[test]
fn a_file_that_names_no_publisher_needs_the_flag() {
    let dir = tempfile::tempdir().expect("folder");
    let file = dir.path().join("rows.ndjson");
    fs::write(&file, row(1, "Der Mond besteht aus Käse.").to_string()).expect("written");
    let ran = klarstelle(
        &dir.path().join("data"),
        &["import", file.to_str().expect("UTF-8"), "--format", "json"],
    );
    assert_eq!(ran.code, 3);
    let reason = ran.json()["errors"][0]["reason"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(reason.contains("--publisher"), "{reason}");
}

#[test]
fn a_missing_file_is_a_plain_failure() {
    let dir = tempfile::tempdir().expect("folder");
    let ran = klarstelle(&dir.path().join("data"), &["import", "/nowhere/rows.ndjson"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("cannot read /nowhere/rows.ndjson"),
        "{}",
        ran.stderr
    );
}

/// The disk fills up half-way: what was reported as imported is there, and the import goes on once there is room.
#[test]
fn a_full_disk_loses_nothing_that_was_counted() {
    const SCRIPT: &str = r#"
        set -e
        mount -t tmpfs -o size=6m tmpfs "$1"
        "$2" import "$3" --publisher P --format json --data-dir "$1/data" > "$4/first.json" 2> "$4/first.err" && code=0 || code=$?
        echo "$code" > "$4/first.code"
        mount -o remount,size=200m "$1"
        "$2" doctor --data-dir "$1/data" > "$4/doctor.out" && code=0 || code=$?
        echo "$code" > "$4/doctor.code"
        "$2" import "$3" --publisher P --format json --data-dir "$1/data" > "$4/second.json"
        "$2" verify --data-dir "$1/data" > "$4/verify.out"
    "#;
    let dir = tempfile::tempdir().expect("folder");
    let file = |name: &str| dir.path().join(name);
    fs::create_dir(file("small")).expect("folder");
    let text: String = (0..8000)
        .map(|n| row(n, &format!("Behauptung Nummer {n} über das Wasser.")).to_string() + "\n")
        .collect();
    fs::write(file("rows.ndjson"), text).expect("written");
    let mut unshare = std::process::Command::new("unshare");
    unshare
        .args(["-m", "bash", "-c", SCRIPT, "bash"])
        .arg(file("small"))
        .arg(env!("CARGO_BIN_EXE_klarstelle"));
    unshare.arg(file("rows.ndjson")).arg(dir.path());
    let ran = run(&mut unshare);
    if ran.stderr.contains("Operation not permitted") || ran.stderr.contains("must be superuser") {
        println!("skipped: a_full_disk_loses_nothing_that_was_counted (mounting needs root)");
        return;
    }
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let read = |name: &str| fs::read_to_string(file(name)).expect(name);
    let json = |name: &str| serde_json::from_str::<Value>(&read(name)).expect(name);
    assert_eq!(read("first.code").trim(), "1", "{}", read("first.err"));
    assert!(read("first.err").contains("no space left"), "{}", read("first.err"));
    assert_eq!(read("doctor.code").trim(), "0", "{}", read("doctor.out"));
    let landed = json("first.json")["new"].as_u64().expect("count");
    let again = json("second.json");
    assert!(landed > 0 && landed < 8000, "{landed}");
    assert_eq!(
        again["unchanged"].as_u64(),
        Some(landed),
        "counted as imported, and gone"
    );
    assert_eq!(again["new"].as_u64(), Some(8000 - landed));
}

#[test]
fn standard_input_is_a_file_too() {
    let dir = tempfile::tempdir().expect("folder");
    let file = dir.path().join("feed.json");
    let feed = json!({"@type": "DataFeed", "dataFeedElement": [{"item": [row(1, "Der Mond besteht aus Käse.")]}]});
    fs::write(&file, feed.to_string()).expect("written");
    let mut import = command(&dir.path().join("data"));
    import.args(["import", "-", "--publisher", "Prüfstelle", "--format", "json"]);
    let output = import
        .stdin(fs::File::open(&file).expect("file"))
        .output()
        .expect("runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["new"], 1);
}
