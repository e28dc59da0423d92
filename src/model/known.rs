//! Which models can be fetched by name?

use super::Error;

/// A model and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// What the operator calls it; also its folder's name.
    pub name: &'static str,
    /// Its repository on the hub.
    pub repository: &'static str,
    /// What is put before a text that is looked up.
    pub query_prefix: &'static str,
    /// What is put before a text that can be found.
    pub passage_prefix: &'static str,
}

/// The table. A licence that a redistributor could live with is a condition: MIT, and Apache-2.0.
pub const KNOWN: &[Known] = &[
    Known {
        name: "multilingual-e5-small",
        repository: "intfloat/multilingual-e5-small",
        query_prefix: "query: ",
        passage_prefix: "passage: ",
    },
    Known {
        name: "all-minilm-l6-v2",
        repository: "sentence-transformers/all-MiniLM-L6-v2",
        query_prefix: "",
        passage_prefix: "",
    },
];

impl Known {
    /// The model of this name.
    pub fn named(name: &str) -> Result<&'static Self, Error> {
        let names = || KNOWN.iter().map(|known| known.name).collect::<Vec<_>>().join(", ");
        let found = KNOWN.iter().find(|known| known.name == name);
        found.ok_or_else(|| Error::Unknown(name.to_owned(), names()))
    }
}

/// The files that are fetched. Others (the same weights for other programs) would be of no use here.
pub(super) const FILES: &[(&str, Presence)] = &[
    ("config.json", Presence::Always),
    ("tokenizer.json", Presence::Always),
    ("modules.json", Presence::Sometimes),
    ("1_Pooling/config.json", Presence::Sometimes),
    ("config_sentence_transformers.json", Presence::Sometimes),
    ("model.safetensors", Presence::Always),
];

/// Whether every model has a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Always,
    Sometimes,
}
