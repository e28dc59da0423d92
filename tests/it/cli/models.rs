//! `klarstelle model pull` from a hub that does not always behave.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::{
    hub::{Fault, Hub, REVISION},
    process::{Ran, klarstelle},
};

fn pull(hub: &Hub, data: &Path) -> Ran {
    let pull = [
        "model",
        "pull",
        "multilingual-e5-small",
        "--hub",
        &hub.base,
        "--format",
        "json",
    ];
    klarstelle(data, &pull)
}

fn weights(hub: &Hub) -> Vec<u8> {
    hub.change(|state| state.files["model.safetensors"].clone())
}

fn pulled(data: &Path, name: &str) -> Vec<u8> {
    fs::read(data.join("models/multilingual-e5-small").join(name)).unwrap_or_default()
}

#[test]
fn a_model_is_fetched_once_and_pinned() {
    let (hub, data) = (Hub::start(Fault::None), tempfile::tempdir().expect("folder"));
    let first = pull(&hub, data.path());
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert_eq!(first.json()["fetched"].as_array().map(Vec::len), Some(4));
    assert_eq!(first.json()["revision"], REVISION);
    assert_eq!(pulled(data.path(), "model.safetensors"), weights(&hub));
    assert_eq!(pulled(data.path(), "1_Pooling/config.json"), b"{}");
    assert!(pulled(data.path(), "onnx/model.onnx").is_empty(), "of no use here");
    let pins: Value = serde_json::from_slice(&pulled(data.path(), "klarstelle.json")).expect("pins");
    assert_eq!(pins["query_prefix"], "query: ");
    assert_eq!(pins["files"]["config.json"].as_str().map(str::len), Some(64));

    let asked = hub.change(|state| state.requests.len());
    let second = pull(&hub, data.path());
    assert_eq!(
        (second.code, second.json()["fetched"].as_array().map(Vec::len)),
        (0, Some(0))
    );
    assert_eq!(
        hub.change(|state| state.requests.len()),
        asked,
        "nothing is asked for twice"
    );
}

#[test]
fn a_connection_that_is_cut_goes_on_where_it_ended() {
    let (hub, data) = (Hub::start(Fault::Cuts(500_000)), tempfile::tempdir().expect("folder"));
    let ran = pull(&hub, data.path());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(pulled(data.path(), "model.safetensors"), weights(&hub));
    let asked = hub.change(|state| {
        state
            .requests
            .iter()
            .filter(|line| line.contains("safetensors"))
            .count()
    });
    assert_eq!(asked, 3, "1.2 MB in pieces of 0.5");
}

#[test]
fn a_hub_without_ranges_is_asked_anew() {
    let (hub, data) = (
        Hub::start(Fault::CutsWithoutRange),
        tempfile::tempdir().expect("folder"),
    );
    let ran = pull(&hub, data.path());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(pulled(data.path(), "model.safetensors"), weights(&hub));
}

#[test]
fn weights_with_a_wrong_sum_are_thrown_away() {
    let (hub, data) = (Hub::start(Fault::Spoils), tempfile::tempdir().expect("folder"));
    let ran = pull(&hub, data.path());
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("model.safetensors is not what it should be"),
        "{}",
        ran.stderr
    );
    assert!(pulled(data.path(), "model.safetensors").is_empty());
    assert!(pulled(data.path(), "model.safetensors.part").is_empty());

    hub.change(|state| state.fault = Fault::None);
    assert_eq!(
        pull(&hub, data.path()).json()["fetched"],
        serde_json::json!(["model.safetensors"])
    );
}

#[test]
fn a_damaged_file_is_fetched_again_at_the_pinned_revision_and_nothing_else_is_taken() {
    let (hub, data) = (Hub::start(Fault::None), tempfile::tempdir().expect("folder"));
    assert_eq!(pull(&hub, data.path()).code, 0);
    let config = data.path().join("models/multilingual-e5-small/config.json");
    fs::write(&config, "{ }").expect("written");
    assert_eq!(
        pull(&hub, data.path()).json()["fetched"],
        serde_json::json!(["config.json"])
    );
    assert_eq!(pulled(data.path(), "config.json"), b"{}");

    fs::remove_file(&config).expect("removed");
    hub.change(|state| state.files.insert("config.json", b"[]".to_vec()));
    let ran = pull(&hub, data.path());
    assert!(
        ran.code == 1 && ran.stderr.contains("config.json is not what it should be"),
        "{}",
        ran.stderr
    );
    assert!(!config.exists());
}

#[test]
fn what_the_hub_answers_is_said() {
    let data = tempfile::tempdir().expect("folder");
    let ran = pull(&Hub::start(Fault::Answers(404)), data.path());
    assert!(ran.code == 1 && ran.stderr.contains("404"), "{}", ran.stderr);
    let hub = Hub::start(Fault::None);
    hub.change(|state| state.files.remove("tokenizer.json"));
    let ran = pull(&hub, data.path());
    assert!(
        ran.code == 1 && ran.stderr.contains("no tokenizer.json"),
        "{}",
        ran.stderr
    );
    let hub = Hub::start(Fault::None);
    hub.change(|state| state.revision = "../../etc".to_owned());
    let ran = pull(&hub, tempfile::tempdir().expect("folder").path());
    assert!(ran.code == 1 && ran.stderr.contains("something else"), "{}", ran.stderr);
}

#[test]
fn a_wrong_name_or_address_is_said() {
    let data = tempfile::tempdir().expect("folder");
    let ran = klarstelle(data.path(), &["model", "pull", "gpt"]);
    assert!(
        ran.code == 1 && ran.stderr.contains("all-minilm-l6-v2"),
        "{}",
        ran.stderr
    );
    let ran = klarstelle(
        data.path(),
        &["model", "pull", "all-minilm-l6-v2", "--hub", "ftp://hub"],
    );
    assert!(ran.code == 1 && ran.stderr.contains("ftp://hub"), "{}", ran.stderr);
}
