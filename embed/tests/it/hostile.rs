//! Folders that are no model, or want to be more than one: each ends in an error that says what is wrong.

use crate::tiny::{HIDDEN, Numbers, Tiny, file, tokenizer};
use claim_embed::{Error, Model, Role};
use serde_json::{Value, json};
use std::path::Path;

fn tiny() -> Tiny {
    Tiny::new("bert", "", Numbers::F32)
}

fn refused(spoil: impl FnOnce(&Path)) -> Error {
    let folder = tempfile::tempdir().unwrap();
    tiny().write(folder.path());
    spoil(folder.path());
    Model::open(folder.path()).expect_err("this is no model")
}

/// The error with its cause, as people are shown it.
fn refused_file(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let error = refused(|folder| std::fs::write(folder.join(name), bytes).unwrap());
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

fn refused_config(key: &str, value: Value) -> String {
    let mut config = tiny().config();
    config[key] = value;
    refused_file("config.json", config.to_string())
}

#[test]
fn a_missing_file_is_named() {
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        let error = refused(|folder| std::fs::remove_file(folder.join(name)).unwrap());
        assert!(
            matches!(error, Error::Read { .. }) && error.to_string().contains(name),
            "{error}"
        );
    }
}

#[test]
fn a_nonsense_configuration_says_which_value() {
    for (key, value) in [
        ("model_type", json!("gpt2")),
        ("hidden_act", json!("relu")),
        ("position_embedding_type", json!("relative_key")),
        ("hidden_size", json!(0)),
        ("hidden_size", json!(1u64 << 60)),
        ("num_attention_heads", json!(0)),
        ("num_attention_heads", json!(5)),
        ("num_hidden_layers", json!(1_000_000)),
        ("intermediate_size", json!(u64::MAX)),
        ("max_position_embeddings", json!(3)),
        ("layer_norm_eps", json!(-1.0)),
    ] {
        let error = refused_config(key, value.clone());
        let about = if key.starts_with("max_position") {
            "positions"
        } else {
            key
        };
        assert!(error.contains(about), "{key} {value}: {error}");
    }
    assert!(refused_config("hidden_size", json!("many")).contains("config.json"));
    assert!(refused_file("config.json", "{").contains("config.json"));
    assert!(refused_file("config.json", vec![b' '; 2 << 20]).contains("at most"));
}

#[test]
fn weights_that_do_not_fit_the_configuration_are_named() {
    assert!(refused_config("num_hidden_layers", json!(3)).contains("encoder.layer.2"));
    assert!(refused_config("intermediate_size", json!(65)).contains("intermediate.dense.weight has shape [64, 32]"));
    assert!(refused_config("hidden_size", json!(64)).contains("word_embeddings"));
    assert!(refused_config("max_position_embeddings", json!(1000)).contains("position_embeddings"));
}

#[test]
fn cut_weights_are_refused_wherever_they_are_cut() {
    let whole = tiny().safetensors();
    for length in (0..whole.len())
        .step_by(whole.len() / 40 + 1)
        .chain([1, 7, 8, 9, whole.len() - 1])
    {
        let error = refused(|folder| std::fs::write(folder.join("model.safetensors"), &whole[..length]).unwrap());
        assert!(matches!(error, Error::Weights(_)), "{length}: {error}");
    }
}

#[test]
fn a_header_that_lies_is_refused_before_memory_is_taken() {
    let name = "embeddings.word_embeddings.weight";
    let entry = |dtype: &str, shape: Value, offsets: Value| {
        json!({name: {"dtype": dtype, "shape": shape, "data_offsets": offsets}}).to_string()
    };
    let rows = 1u64 << 40;
    let huge = rows * HIDDEN as u64 * 4;
    for header in [
        entry("F32", json!([rows, HIDDEN]), json!([0, huge])),
        entry("F32", json!([rows, HIDDEN]), json!([0, 64])),
        entry("F32", json!([u64::MAX, HIDDEN]), json!([0, 64])),
        entry("F32", json!([2, HIDDEN]), json!([256, 0])),
        entry("F32", json!([2, HIDDEN]), json!([u64::MAX - 256, u64::MAX])),
        entry("I64", json!([1, HIDDEN]), json!([0, 256])),
        entry("F32", json!([]), json!([0, 4])),
        entry("F32", json!([-1, HIDDEN]), json!([0, 4])),
        "[1, 2]".into(),
        "not json".into(),
        "{}".into(),
    ] {
        let error = refused_file("model.safetensors", file(&header, &[0; 512]));
        assert!(error.contains("weights"), "{header}: {error}");
    }
    for size in [u64::MAX, 1 << 40, 9 << 20, 600] {
        let bytes = [&size.to_le_bytes()[..], &[b' '; 512]].concat();
        assert!(refused_file("model.safetensors", bytes).contains("header of"), "{size}");
    }
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    for (name, bad) in [
        ("encoder.layer.1.output.dense.weight", f32::NAN),
        ("embeddings.LayerNorm.bias", f32::INFINITY),
    ] {
        let mut tiny = tiny();
        tiny.tensors.get_mut(name).unwrap().1[3] = bad;
        assert!(refused_file("model.safetensors", tiny.safetensors()).contains(name));
    }
}

#[test]
fn weights_beyond_all_measure_give_vectors_that_can_be_compared() {
    for (factor, only) in [(1e30, "query"), (1e38, ""), (0.0, "")] {
        let mut tiny = tiny();
        for (_, (_, values)) in tiny.tensors.iter_mut().filter(|(name, _)| name.contains(only)) {
            for x in values {
                *x *= factor;
            }
        }
        let folder = tempfile::tempdir().unwrap();
        tiny.write(folder.path());
        let vector = Model::open(folder.path())
            .unwrap()
            .encode_one("w1 w2", Role::Query)
            .unwrap();
        assert!(vector.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn tokenizers_that_do_not_fit_are_refused() {
    let spoilt = |path: &str, value: Value| {
        let mut tokenizer = tokenizer();
        *tokenizer.pointer_mut(path).unwrap() = value;
        refused_file("tokenizer.json", tokenizer.to_string())
    };
    let many: Vec<Value> = (0..300)
        .map(|_| json!({"SpecialToken": {"id": "[SEP]", "type_id": 0}}))
        .collect();
    for (path, value, says) in [
        ("/model/vocab/w39", json!(4_000_000), "weights know 48 words"),
        ("/post_processor/special_tokens/[SEP]/ids", json!([999]), "token 999"),
        ("/post_processor/single", json!(many), "special tokens around"),
        (
            "/post_processor/single",
            json!([{"Sequence": {"id": "A", "type_id": 0}}]),
            "no special tokens",
        ),
        ("/model/unk_token", json!("[NIX]"), "tokenizer cannot be used"),
        ("/model/vocab", json!({}), "tokenizer cannot be used"),
        ("/model/type", json!("Oracle"), "tokenizer cannot be used"),
        (
            "/normalizer",
            json!({"type": "Precompiled", "precompiled_charsmap": "/////w=="}),
            "tokenizer cannot be used",
        ),
        (
            "/normalizer",
            json!({"type": "Replace", "pattern": {"Regex": "("}, "content": ""}),
            "tokenizer cannot be used",
        ),
    ] {
        let error = spoilt(path, value);
        assert!(error.contains(says), "{path}: {error}");
    }
    for text in ["", "null", "{}", "[]", "\u{0}"] {
        assert!(refused_file("tokenizer.json", text).contains("tokenizer"), "{text:?}");
    }
}

#[test]
fn kinds_of_pooling_that_are_not_computed_are_refused() {
    let pooling = |text: &str| {
        refused(|folder| {
            std::fs::create_dir(folder.join("1_Pooling")).unwrap();
            std::fs::write(folder.join("1_Pooling/config.json"), text).unwrap();
        })
    };
    for text in [
        r#"{"pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false}"#,
        "[",
        "{\"pooling_mode_cls_token\": 1}",
    ] {
        assert!(pooling(text).to_string().contains("1_Pooling/config.json"));
    }
    assert!(refused_file("modules.json", r#"[{"type": "sentence_transformers.models.Dense"}]"#).contains("Dense"));
}
