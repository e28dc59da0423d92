//! What was learnt: two heads, each a table of small numbers over hashes and a row of numbers over [`TRAITS`]. A text's
//! features come in; how likely it is what the head looks for, and why, go out.
//!
//! A head knows some languages. Each hash has a weight for all languages together and one for each known language, in the
//! same table (Daumé 2007, "Frustratingly easy domain adaptation"). A text in another language is judged by the first alone.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    sync::LazyLock,
};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Serialize};

use super::{
    features::{Features, Hashed},
    traits::TRAITS,
};
use crate::domain::Lang;

/// What a head looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// A claim about facts that somebody could check.
    Claim,
    /// A claim that is worth a check; learnt from claims only.
    Worthy,
}

impl Label {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Claim, Self::Worthy];

    /// As in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Worthy => "worthy",
        }
    }
}

/// Size of a table. Fewer buckets are shared by more hashes.
const BITS: u32 = 22;

/// How much the wording counts that all languages learn together, and that of a language alone: the squares sum to one.
pub(super) const SHARED: f32 = 0.6;
pub(super) const OWN: f32 = 0.8;

/// Farthest that a trait counts from its mean, in deviations.
const FAR: f32 = 3.0;

/// The key of what is known of all languages together.
pub(super) const ANY: &str = "any";

/// Where the weight of a hash stands: of all languages together, or of one.
pub(super) const fn bucket(hash: u32, own: Option<u32>) -> usize {
    let hash = match own {
        None => hash,
        Some(lang) => (hash ^ lang).wrapping_mul(0x9e37_79b1),
    };
    (hash >> (32 - BITS)) as usize
}

/// A language as a number that spreads over all bits.
pub(super) fn code(lang: Lang) -> u32 {
    let bytes = lang.as_str().bytes();
    bytes.fold(0x811c_9dc5, |sum: u32, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

pub(super) const fn buckets() -> usize {
    1 << BITS
}

/// What a head knows about traits, for one language or all together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Plain {
    /// Where every text begins.
    pub(super) base: f32,
    /// From which chance on the answer is yes: where F1 was highest on texts that were not learnt.
    pub(super) needed: f32,
    /// Mean, deviation and weight of each trait.
    pub(super) traits: BTreeMap<String, [f32; 3]>,
}

impl Plain {
    fn sum(&self, rows: &[[f32; 3]], values: &[f32]) -> f32 {
        let terms = rows.iter().zip(values).map(|(row, value)| term(*row, *value));
        self.base + terms.sum::<f32>()
    }
}

/// A trait in deviations from its mean.
pub(super) fn standard(value: f32, mean: f32, deviation: f32) -> f32 {
    if deviation < 1e-4 {
        return 0.0;
    }
    ((value - mean) / deviation).clamp(-FAR, FAR)
}

fn term([mean, deviation, weight]: [f32; 3], value: f32) -> f32 {
    weight * standard(value, mean, deviation)
}

/// The readable part of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shown {
    /// What one step of the table is worth.
    pub(super) step: f32,
    /// By language, and for all together ([`ANY`]).
    pub(super) plain: BTreeMap<String, Plain>,
}

/// A head: what was learnt for one label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    pub(super) shown: Shown,
    pub(super) table: Vec<i8>,
    /// The rows of `shown` in the order of [`TRAITS`], so that no text looks them up by name.
    rows: BTreeMap<String, Vec<[f32; 3]>>,
}

/// Something that counted, and how much.
pub(super) type Cause = (String, f32);

impl Head {
    pub(super) fn new(shown: Shown, table: Vec<i8>) -> Self {
        let row = |plain: &Plain| {
            let row = |one: &super::traits::Trait| plain.traits.get(one.name).copied().unwrap_or_default();
            TRAITS.iter().map(row).collect()
        };
        let rows = shown
            .plain
            .iter()
            .map(|(lang, plain)| (lang.clone(), row(plain)))
            .collect();
        Self { shown, table, rows }
    }

    /// The language's key, if the head knows the language.
    fn own(&self, lang: Lang) -> Option<&str> {
        let (known, _) = self.rows.get_key_value(lang.as_str())?;
        Some(known)
    }

    /// The logarithm of the odds that the answer is yes.
    pub(super) fn odds(&self, features: &Features, lang: Lang) -> f32 {
        let plain = |key: &str| self.shown.plain[key].sum(&self.rows[key], &features.traits);
        let own = self.own(lang);
        let words = self.words(&features.hashed, lang);
        plain(ANY) + own.map_or(0.0, plain) + words
    }

    /// What hashes add to the odds.
    fn words(&self, hashed: &[Hashed], lang: Lang) -> f32 {
        let own = self.own(lang).map(|_| code(lang));
        let weight = |hash, own| f32::from(self.table[bucket(hash, own)]);
        let both = |hash| SHARED * weight(hash, None) + own.map_or(0.0, |own| OWN * weight(hash, Some(own)));
        let sum: f32 = hashed.iter().map(|&(hash, n)| n * both(hash)).sum();
        sum * self.shown.step
    }

    /// From which chance on the answer is yes.
    pub(super) fn needed(&self, lang: Lang) -> f32 {
        self.shown.plain[self.own(lang).unwrap_or(ANY)].needed
    }

    /// What of the traits that a reader can see adds to the odds or takes from them, against a text without it.
    pub(super) fn of_traits(&self, features: &Features, lang: Lang) -> Vec<Cause> {
        let keys = [Some(ANY), self.own(lang)];
        let effect = |at: usize, value: f32| -> f32 {
            let rows = keys.iter().flatten().map(|key| self.rows[*key][at]);
            rows.map(|row| term(row, value) - term(row, 0.0)).sum()
        };
        let seen = TRAITS.iter().zip(&features.traits).enumerate();
        seen.filter(|(_, (one, value))| !one.words.is_empty() && **value > 0.0)
            .map(|(at, (one, value))| (one.words.to_owned(), effect(at, *value)))
            .collect()
    }

    /// What each word of the text adds to the odds, or takes from them.
    pub(super) fn of_words(&self, features: &Features, text: &str, lang: Lang) -> Vec<Cause> {
        let words = features.by_word(text).into_iter();
        words
            .map(|(word, hashed)| (word.to_owned(), self.words(&hashed, lang)))
            .collect()
    }
}

/// The chance with these odds.
pub(super) fn chance(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

/// Both heads, and what was said about them when they were learnt.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) about: serde_json::Value,
    pub(super) heads: BTreeMap<Label, Head>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    about: serde_json::Value,
    heads: BTreeMap<Label, Shown>,
}

static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| Model::from_bytes(include_bytes!("weights.bin")).expect("the shipped weights are sound"));

impl Model {
    /// The one that is part of the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Command, data and figures of its making.
    pub const fn about(&self) -> &serde_json::Value {
        &self.about
    }

    pub(super) fn head(&self, label: Label) -> &Head {
        &self.heads[&label]
    }

    /// Whether the head learnt from texts in the language.
    pub(super) fn knows(&self, lang: Lang, label: Label) -> bool {
        self.head(label).own(lang).is_some()
    }

    /// The odds from which on the answer is yes.
    pub(super) fn odds_needed(&self, lang: Lang, label: Label) -> f32 {
        let needed = self.needed(lang, label).clamp(0.01, 0.99);
        (needed / (1.0 - needed)).ln()
    }

    /// The odds over those from which on the answer is yes.
    pub(super) fn odds(&self, features: &Features, lang: Lang, label: Label) -> f32 {
        self.head(label).odds(features, lang) - self.odds_needed(lang, label)
    }

    /// The chance that a text is what the label says.
    pub fn chance(&self, text: &str, lang: Lang, label: Label) -> f32 {
        chance(self.head(label).odds(&Features::of(text, lang), lang))
    }

    /// From which chance on the answer is yes: where F1 was highest on texts that were not learnt.
    pub fn needed(&self, lang: Lang, label: Label) -> f32 {
        self.head(label).needed(lang)
    }

    /// The file: a readable header as JSON, an empty line, then the tables of both heads, a byte a bucket, compressed (RFC 1950).
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let heads = self.heads.iter().map(|(label, head)| (*label, head.shown.clone()));
        let header = Header {
            about: self.about.clone(),
            heads: heads.collect(),
        };
        let mut file = serde_json::to_string_pretty(&header)?.into_bytes();
        file.extend_from_slice(GAP);
        let mut packed = ZlibEncoder::new(file, Compression::best());
        for head in self.heads.values() {
            let bytes: Vec<u8> = head.table.iter().map(|weight| weight.to_le_bytes()[0]).collect();
            packed.write_all(&bytes)?;
        }
        packed.finish()
    }

    /// Reads a file of [`Model::to_bytes`].
    pub fn from_bytes(file: &[u8]) -> io::Result<Self> {
        let bad = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
        let end = file.windows(GAP.len()).position(|window| window == GAP);
        let end = end.ok_or_else(|| bad("no header"))?;
        let Header { about, heads } = serde_json::from_slice(&file[..end])?;
        let mut packed = ZlibDecoder::new(&file[end + GAP.len()..]);
        let mut read = BTreeMap::new();
        for (label, shown) in heads {
            let mut bytes = vec![0; buckets()];
            packed.read_exact(&mut bytes)?;
            if !shown.plain.contains_key(ANY) {
                return Err(bad("a head without weights for all languages"));
            }
            let table = bytes.into_iter().map(|byte| i8::from_le_bytes([byte])).collect();
            read.insert(label, Head::new(shown, table));
        }
        if Label::ALL.iter().any(|label| !read.contains_key(label)) {
            return Err(bad("a head is missing"));
        }
        Ok(Self { about, heads: read })
    }
}

const GAP: &[u8] = b"\n\n";
