use crate::tiny::{Numbers, Tiny};
use claim_embed::{Model, Role, Vector};
use std::path::Path;

fn with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Tiny::new("bert", "", Numbers::F32).write(folder.path());
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn vector(folder: &Path, text: &str, role: Role) -> Vector {
    Model::open(folder).unwrap().encode_one(text, role).unwrap()
}

#[test]
fn prefixes_come_from_the_folder() {
    let plain = with(&[]);
    let [query, passage] = ["query: w1", "passage: w1"].map(|text| vector(plain.path(), text, Role::Query));
    let prompts = r#"{"prompts": {"query": "query: ", "document": "passage: "}}"#;
    let empty_prompts = r#"{"prompts": {"query": "", "document": ""}}"#;
    let ours = r#"{"query_prefix": "query: ", "passage_prefix": "passage: "}"#;
    let mut named: serde_json::Value = Tiny::new("bert", "", Numbers::F32).config();
    named["_name_or_path"] = "somebody/multilingual-e5-small".into();
    let named = named.to_string();
    for files in [
        &[("config_sentence_transformers.json", prompts)][..],
        &[
            ("klarstelle.json", ours),
            ("config_sentence_transformers.json", empty_prompts),
        ],
        &[
            ("config.json", &named),
            ("config_sentence_transformers.json", empty_prompts),
        ],
    ] {
        let folder = with(files);
        assert_eq!(vector(folder.path(), "w1", Role::Query), query, "{files:?}");
        assert_eq!(vector(folder.path(), "w1", Role::Passage), passage, "{files:?}");
    }
    assert_eq!(
        vector(plain.path(), "w1", Role::Query),
        vector(plain.path(), "w1", Role::Passage)
    );
}

#[test]
fn a_folder_that_is_named_e5_is_one() {
    let plain = with(&[]);
    let parent = tempfile::tempdir().unwrap();
    let named = parent.path().join("multilingual-e5-small");
    std::fs::create_dir(&named).unwrap();
    Tiny::new("bert", "", Numbers::F32).write(&named);
    assert_eq!(
        vector(&named, "w1", Role::Query),
        vector(plain.path(), "query: w1", Role::Query)
    );
}

#[test]
fn the_digest_changes_with_whatever_changes_vectors() {
    let digest = |folder: &Path| Model::open(folder).unwrap().digest().to_owned();
    let (one, two) = (with(&[]), with(&[]));
    let before = digest(one.path());
    assert_eq!(before, digest(two.path()));
    assert_eq!(before.len(), 64);
    std::fs::write(two.path().join("README.md"), "words").unwrap();
    assert_eq!(before, digest(two.path()), "what no vector depends on");

    let weights = two.path().join("model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(weights, bytes).unwrap();
    assert_ne!(before, digest(two.path()));
    let prefixed = with(&[("klarstelle.json", r#"{"query_prefix": "query: "}"#)]);
    assert_ne!(before, digest(prefixed.path()));
}
