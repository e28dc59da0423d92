//! What kind of model is in the folder, and how are its texts to be put to it?

use crate::Error;
use crate::files::{settings, settings_if_there};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// What a text is cut to, special tokens included: a post of 280 characters has 30 to 90 tokens, a claim 10 to 40.
pub const MAX_TOKENS: usize = 128;

/// The shape of the network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) hidden: usize,
    pub(crate) layers: usize,
    pub(crate) heads: usize,
    pub(crate) intermediate: usize,
    pub(crate) epsilon: f32,
    /// The position of the first token: XLM-RoBERTa counts from behind the padding index.
    pub(crate) first_position: usize,
    pub(crate) positions: usize,
    pub(crate) max_tokens: usize,
}

/// How the vectors of the tokens become the text's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    Mean,
    First,
}

#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "default_epsilon")]
    layer_norm_eps: f64,
    #[serde(default = "gelu")]
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    pad_token_id: Option<usize>,
    #[serde(rename = "_name_or_path", default)]
    name: String,
}

fn default_epsilon() -> f64 {
    1e-12
}

fn gelu() -> String {
    "gelu".into()
}

fn absolute() -> String {
    "absolute".into()
}

/// Shape and name of the model in the folder.
pub(crate) fn read(folder: &Path) -> Result<(Shape, String), Error> {
    let config: Config = settings(&folder.join("config.json"))?;
    let shape = config.shape()?;
    Ok((shape, config.name))
}

impl Config {
    fn shape(&self) -> Result<Shape, Error> {
        self.check()?;
        let first_position = self.first_position()?;
        let free = self.max_position_embeddings.saturating_sub(first_position);
        Ok(Shape {
            hidden: self.hidden_size,
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads,
            intermediate: self.intermediate_size,
            epsilon: self.layer_norm_eps as f32,
            first_position,
            positions: self.max_position_embeddings,
            max_tokens: within("positions", free, 8, 1 << 20)?.min(MAX_TOKENS),
        })
    }

    /// The bounds are far beyond any model that one would run on a CPU, and keep every product of two sizes small.
    fn check(&self) -> Result<(), Error> {
        within("hidden_size", self.hidden_size, 1, 8192)?;
        within("intermediate_size", self.intermediate_size, 1, 1 << 16)?;
        within("num_hidden_layers", self.num_hidden_layers, 1, 96)?;
        within("num_attention_heads", self.num_attention_heads, 1, self.hidden_size)?;
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err(Error::Unsupported(
                "hidden_size is no multiple of num_attention_heads".into(),
            ));
        }
        if !(self.layer_norm_eps >= 0.0 && self.layer_norm_eps < 1.0) {
            return Err(Error::Unsupported(format!("layer_norm_eps {}", self.layer_norm_eps)));
        }
        must_be("hidden_act", &self.hidden_act, "gelu")?;
        must_be("position_embedding_type", &self.position_embedding_type, "absolute")
    }

    fn first_position(&self) -> Result<usize, Error> {
        match self.model_type.as_str() {
            "bert" => Ok(0),
            "xlm-roberta" | "roberta" => Ok(within("pad_token_id", self.pad_token_id.unwrap_or(1), 0, 1 << 20)? + 1),
            other => Err(Error::Unsupported(format!(
                "model_type \"{other}\"; known are bert and xlm-roberta"
            ))),
        }
    }
}

fn within(name: &str, value: usize, least: usize, most: usize) -> Result<usize, Error> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::Unsupported(format!(
        "{name} is {value}, not within {least} to {most}"
    )))
}

fn must_be(name: &str, value: &str, wanted: &str) -> Result<(), Error> {
    if value == wanted {
        return Ok(());
    }
    Err(Error::Unsupported(format!("{name} \"{value}\"; known is \"{wanted}\"")))
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize, Default)]
struct PoolingConfig {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    pooling_mode_mean_tokens: Option<bool>,
}

/// Mean, unless `1_Pooling/config.json` says otherwise. The vectors are normalised whether `modules.json` says so or not.
pub(crate) fn pooling(folder: &Path) -> Result<Pooling, Error> {
    let modules: Vec<Module> = settings_if_there(&folder.join("modules.json"))?;
    let kinds = modules
        .iter()
        .map(|module| module.kind.rsplit('.').next().unwrap_or_default());
    if let Some(kind) = kinds
        .into_iter()
        .find(|kind| !["Transformer", "Pooling", "Normalize"].contains(kind))
    {
        return Err(Error::Unsupported(format!("modules.json asks for \"{kind}\"")));
    }
    let config: PoolingConfig = settings_if_there(&folder.join("1_Pooling/config.json"))?;
    match (
        config.pooling_mode_cls_token,
        config
            .pooling_mode_mean_tokens
            .unwrap_or(!config.pooling_mode_cls_token),
    ) {
        (true, false) => Ok(Pooling::First),
        (false, true) => Ok(Pooling::Mean),
        _ => Err(Error::Unsupported(
            "1_Pooling/config.json asks for neither mean nor cls alone".into(),
        )),
    }
}

/// What is put before a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Prefixes {
    #[serde(default, rename = "query_prefix")]
    pub(crate) query: String,
    #[serde(default, rename = "passage_prefix")]
    pub(crate) passage: String,
}

#[derive(Deserialize, Default)]
struct SentenceTransformers {
    #[serde(default)]
    prompts: HashMap<String, String>,
}

/// The prefixes: of `klarstelle.json`; or the prompts of `config_sentence_transformers.json`, where one is not empty; or those of
/// E5, where the folder or the model is named so; or none.
pub(crate) fn prefixes(folder: &Path, name: &str) -> Result<Prefixes, Error> {
    let ours = folder.join("klarstelle.json");
    if ours.exists() {
        return settings(&ours);
    }
    let theirs: SentenceTransformers = settings_if_there(&folder.join("config_sentence_transformers.json"))?;
    let prompt = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| theirs.prompts.get(*name))
            .cloned()
            .unwrap_or_default()
    };
    let prompts = Prefixes {
        query: prompt(&["query"]),
        passage: prompt(&["passage", "document"]),
    };
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
    Ok(match prompts {
        Prefixes { query, passage } if query.is_empty() && passage.is_empty() => by_name(&[name, &folder_name]),
        some => some,
    })
}

fn by_name(names: &[&str]) -> Prefixes {
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_lowercase();
    if names
        .iter()
        .any(|name| last(name).split(['-', '_']).any(|word| word == "e5"))
    {
        return Prefixes {
            query: "query: ".into(),
            passage: "passage: ".into(),
        };
    }
    Prefixes::default()
}
