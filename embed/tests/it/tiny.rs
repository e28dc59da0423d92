//! A random model small enough to be computed by hand, written to a folder as its makers would.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

pub(crate) const HIDDEN: usize = 32;
pub(crate) const INNER: usize = 64;
pub(crate) const HEADS: usize = 4;
pub(crate) const LAYERS: usize = 2;
/// Special tokens, what prefixes are made of, and `w0` to `w39`.
pub(crate) const WORDS: usize = 48;
pub(crate) const POSITIONS: usize = 24;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Numbers {
    F32,
    F16,
    BF16,
}

#[derive(Clone)]
pub(crate) struct Tiny {
    pub(crate) prefix: &'static str,
    pub(crate) model_type: &'static str,
    pub(crate) numbers: Numbers,
    pub(crate) tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Tiny {
    pub(crate) fn new(model_type: &'static str, prefix: &'static str, numbers: Numbers) -> Self {
        let mut random = Random(0x9e37_79b9);
        let tensors = shapes().into_iter().map(|(name, shape)| {
            let count = shape.iter().product();
            let base = if name.contains("LayerNorm.weight") { 1.0 } else { 0.0 };
            (name, (shape, (0..count).map(|_| base + random.next()).collect()))
        });
        Self {
            prefix,
            model_type,
            numbers,
            tensors: tensors.collect(),
        }
    }

    pub(crate) fn tensor(&self, name: &str) -> &[f32] {
        &self.tensors[name].1
    }

    /// XLM-RoBERTa counts positions from behind the padding index, which is 1.
    pub(crate) fn first_position(&self) -> usize {
        if self.model_type == "bert" { 0 } else { 2 }
    }

    pub(crate) fn write(&self, folder: &Path) {
        std::fs::write(folder.join("config.json"), self.config().to_string()).unwrap();
        std::fs::write(folder.join("tokenizer.json"), tokenizer().to_string()).unwrap();
        std::fs::write(folder.join("model.safetensors"), self.safetensors()).unwrap();
    }

    pub(crate) fn config(&self) -> Value {
        json!({
            "model_type": self.model_type, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS, "intermediate_size": INNER, "max_position_embeddings": POSITIONS,
            "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 1,
        })
    }

    pub(crate) fn safetensors(&self) -> Vec<u8> {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        header.insert("__metadata__".into(), json!({"format": "pt"}));
        for (name, (shape, values)) in &self.tensors {
            let start = data.len();
            for x in values {
                data.extend(self.numbers.bytes(*x));
            }
            let entry = json!({"dtype": self.numbers.name(), "shape": shape, "data_offsets": [start, data.len()]});
            header.insert(format!("{}{name}", self.prefix), entry);
        }
        file(&Value::Object(header).to_string(), &data)
    }
}

/// A safetensors file of these parts.
pub(crate) fn file(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

impl Numbers {
    fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
        }
    }

    /// The weights are multiples of 1/64 below 2, which all three types hold exactly.
    fn bytes(self, x: f32) -> Vec<u8> {
        let bits = x.to_bits();
        let half = (bits >> 16 & 0x8000) | ((bits >> 13).wrapping_sub(112 << 10) & 0x7fff);
        match self {
            Self::F32 => bits.to_le_bytes().to_vec(),
            Self::F16 => (if x == 0.0 { 0 } else { half as u16 }).to_le_bytes().to_vec(),
            Self::BF16 => ((bits >> 16) as u16).to_le_bytes().to_vec(),
        }
    }
}

struct Random(u32);

impl Random {
    /// A multiple of 1/64 between -½ and ½.
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 % 64) as f32 / 64.0 - 0.5
    }
}

fn shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".into(), vec![WORDS, HIDDEN]),
        ("embeddings.position_embeddings.weight".into(), vec![POSITIONS, HIDDEN]),
        ("embeddings.token_type_embeddings.weight".into(), vec![2, HIDDEN]),
    ];
    shapes.extend(norm("embeddings.LayerNorm"));
    for layer in 0..LAYERS {
        let part = |name: &str| format!("encoder.layer.{layer}.{name}");
        for name in [
            "attention.self.query",
            "attention.self.key",
            "attention.self.value",
            "attention.output.dense",
        ] {
            shapes.extend(linear(&part(name), HIDDEN, HIDDEN));
        }
        shapes.extend(norm(&part("attention.output.LayerNorm")));
        shapes.extend(linear(&part("intermediate.dense"), HIDDEN, INNER));
        shapes.extend(linear(&part("output.dense"), INNER, HIDDEN));
        shapes.extend(norm(&part("output.LayerNorm")));
    }
    shapes
}

fn linear(name: &str, inputs: usize, outputs: usize) -> [(String, Vec<usize>); 2] {
    [
        (format!("{name}.weight"), vec![outputs, inputs]),
        (format!("{name}.bias"), vec![outputs]),
    ]
}

fn norm(name: &str) -> [(String, Vec<usize>); 2] {
    ["weight", "bias"].map(|end| (format!("{name}.{end}"), vec![HIDDEN]))
}

/// `[CLS] … [SEP]` around words that are taken as they are.
pub(crate) fn tokenizer() -> Value {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":", "cafe"].map(String::from);
    let words = special.into_iter().chain((0..40).map(|n| format!("w{n}")));
    let vocab: serde_json::Map<String, Value> = words.enumerate().map(|(id, word)| (word, json!(id))).collect();
    let around = |id: &str| json!({"SpecialToken": {"id": id, "type_id": 0}});
    let text = json!({"Sequence": {"id": "A", "type_id": 0}});
    json!({
        "version": "1.0", "truncation": {"max_length": 7, "strategy": "LongestFirst", "stride": 0}, "added_tokens": [],
        "padding": {"strategy": {"Fixed": 64}, "direction": "Right", "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"},
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                       "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing", "single": [around("[CLS]"), text, around("[SEP]")], "pair": [text],
            "special_tokens": {
                "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]},
            },
        },
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": vocab},
    })
}

/// The tokens of `w` words.
pub(crate) fn tokens(words: &[usize]) -> Vec<usize> {
    [2].into_iter().chain(words.iter().map(|n| n + 8)).chain([3]).collect()
}

/// The text of `w` words.
pub(crate) fn text(words: &[usize]) -> String {
    words.iter().map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ")
}
