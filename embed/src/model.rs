//! What is the vector of a text?

use crate::config::{self, Prefixes};
use crate::lanes::Lanes;
use crate::network::Network;
use crate::tokens::Tokens;
use crate::{Error, files, weights};
use std::fmt;
use std::ops::Deref;
use std::path::Path;

/// Everything that a vector depends on.
const DIGESTED: [&str; 7] = [
    "config.json",
    "tokenizer.json",
    "model.safetensors",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "klarstelle.json",
];

/// Tokens that go through the network together: enough to keep the multiplier busy, few enough to stay in the cache.
const BATCH_TOKENS: usize = 256;

/// Texts that one thread takes at a time.
const PART_TEXTS: usize = 32;

/// What a text is to the model: what is looked for, or what is found. Some models want to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The text that somebody looks up.
    Query,
    /// A text that can be found.
    Passage,
}

/// How exactly the network is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// Whole numbers of eight bits: about a quarter of the time and memory, the same ranking in practice.
    #[default]
    Int8,
    /// 32-bit floating point throughout.
    Float,
}

/// The vector of a text: of length 1, so that the dot product of two is their cosine.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector(Vec<f32>);

/// A model, opened from a folder in Hugging Face layout. Can be used by many threads at once.
pub struct Model {
    network: Network,
    tokens: Tokens,
    prefixes: Prefixes,
    digest: String,
    lanes: Lanes,
}

impl Model {
    /// Opens the model in a folder, to be computed in eight bits.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::open_with(folder, Precision::default())
    }

    /// Opens the model in a folder.
    pub fn open_with(folder: &Path, precision: Precision) -> Result<Self, Error> {
        let (shape, name) = config::read(folder)?;
        let (pooling, prefixes) = (config::pooling(folder)?, config::prefixes(folder, &name)?);
        let max_tokens = shape.max_tokens;
        let (network, words) = weights::read(folder, shape, pooling, precision)?;
        let tokens = Tokens::open(folder, max_tokens, words)?;
        let lanes = Lanes::new().map_err(|e| Error::Unsupported(format!("no threads for it: {e}")))?;
        Ok(Self {
            network,
            tokens,
            prefixes,
            digest: files::digest(folder, &DIGESTED)?,
            lanes,
        })
    }

    /// The vectors of texts, in their order. A text's vector does not depend on the texts beside it, to the last bit.
    ///
    /// Fails where the tokeniser refuses a text, which the probe at opening makes unlikely.
    pub fn encode(&self, texts: &[&str], role: Role) -> Result<Vec<Vector>, Error> {
        let part = texts.len().div_ceil(self.lanes.count()).clamp(1, PART_TEXTS);
        let parts: Vec<&[&str]> = texts.chunks(part).collect();
        let vectors = self.lanes.run_all(&parts, |part| self.encode_part(part, role));
        Ok(vectors
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// The vector of one text.
    pub fn encode_one(&self, text: &str, role: Role) -> Result<Vector, Error> {
        let mut vectors = self.lanes.run(|| self.encode_part(&[text], role))?;
        Ok(vectors.pop().expect("one text has one vector"))
    }

    /// How many tokens a text has, prefix and special tokens included: what its vector costs.
    pub fn count_tokens(&self, text: &str, role: Role) -> Result<usize, Error> {
        Ok(self.tokens.of(self.prefix(role), text)?.len())
    }

    /// How many numbers a vector has.
    pub fn dimensions(&self) -> usize {
        self.network.shape.hidden
    }

    /// SHA-256, in hexadecimal, of all files that the vectors depend on: vectors of equal digests can be compared.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    fn prefix(&self, role: Role) -> &str {
        match role {
            Role::Query => &self.prefixes.query,
            Role::Passage => &self.prefixes.passage,
        }
    }

    fn encode_part(&self, texts: &[&str], role: Role) -> Result<Vec<Vector>, Error> {
        let prefix = match role {
            Role::Query => &self.prefixes.query,
            Role::Passage => &self.prefixes.passage,
        };
        let tokens = texts
            .iter()
            .map(|text| self.tokens.of(prefix, text))
            .collect::<Result<Vec<_>, _>>()?;
        let tokens: Vec<&[u32]> = tokens.iter().map(Vec::as_slice).collect();
        Ok(batches(&tokens)
            .flat_map(|batch| self.network.encode(batch))
            .map(Vector)
            .collect())
    }
}

/// Texts side by side, as many as fit into a batch and at least one.
fn batches<'a, 'b>(mut texts: &'a [&'b [u32]]) -> impl Iterator<Item = &'a [&'b [u32]]> {
    std::iter::from_fn(move || {
        let mut tokens = 0;
        let mut fits = |text: &&[u32]| {
            tokens += text.len();
            tokens <= BATCH_TOKENS
        };
        let count = texts.iter().copied().take_while(|text| fits(text)).count().max(1);
        let (batch, rest) = texts.split_at_checked(count)?;
        texts = rest;
        Some(batch)
    })
}

impl Vector {
    /// The cosine of two vectors of the same model.
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(&other.0).map(|(x, y)| x * y).sum()
    }
}

impl Deref for Vector {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl From<Vector> for Vec<f32> {
    fn from(vector: Vector) -> Self {
        vector.0
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model")
            .field("shape", &self.network.shape)
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
