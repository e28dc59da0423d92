//! Questions with known answers, from files: what `eval` and `train-match` read.
//!
//! Each line of the claims file is a claim of its own, in memory: measuring must not depend on how the store joins
//! wordings, nor touch an installation.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail};
use claim_index::{
    ClaimIndex, Encoder, Entry, Fingerprint, Position, Wording, WordingKind, judging::Pair, training::Example,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::context::place;
use crate::{
    config::Settings,
    domain::{ExternalFactCheck, Lang},
    extract::{Defaults, Reader},
    model,
};

/// What texts are encoded by, if they are to be matched by their meaning too.
pub(super) type Model<'a> = Option<&'a Arc<Remembering>>;

/// The model that the settings name.
pub(super) fn model_of(settings: &Settings) -> anyhow::Result<Option<Arc<Remembering>>> {
    let Some(folder) = place(settings).model else {
        return Ok(None);
    };
    Ok(Some(Arc::new(Remembering {
        encoder: model::encoder(&folder)?,
        known: Mutex::default(),
    })))
}

/// Encodes a text once, however many indexes it is in.
pub(super) struct Remembering {
    encoder: Arc<dyn Encoder>,
    known: Mutex<HashMap<String, Vec<f32>>>,
}

impl Encoder for Remembering {
    fn digest(&self) -> &str {
        self.encoder.digest()
    }

    fn dimensions(&self) -> usize {
        self.encoder.dimensions()
    }

    fn query(&self, text: &str) -> Result<Vec<f32>, String> {
        self.encoder.query(text)
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh: Vec<&str> = texts
            .iter()
            .copied()
            .filter(|text| !known.contains_key(*text))
            .collect();
        for (text, vector) in fresh.iter().zip(self.encoder.passages(&fresh)?) {
            known.insert((*text).to_owned(), vector);
        }
        Ok(texts.iter().filter_map(|text| known.get(*text).cloned()).collect())
    }
}

/// Claims, and questions about them.
pub(super) struct Questions {
    pub(super) index: ClaimIndex,
    /// Only those with a right answer; at least one.
    pub(super) asked: Vec<(Asked, BTreeSet<String>)>,
    /// The claims themselves.
    pub(super) entries: Vec<Entry>,
}

/// A question: `{"id", "text", "lang"}`.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) lang: Option<Lang>,
}

impl Questions {
    pub(super) fn read(claims: &Path, questions: &Path, qrels: &Path, model: Model) -> anyhow::Result<Self> {
        let asked = asked(questions, qrels)?;
        if asked.is_empty() {
            bail!(
                "no query of {} has a right answer in {}",
                questions.display(),
                qrels.display()
            );
        }
        Self::of(entries(claims)?, asked, model)
    }

    /// The questions of several folders, asked of the claims of all of them; a folder may have no claims of its own.
    pub(super) fn together(folders: &[PathBuf], model: Model) -> anyhow::Result<Self> {
        let (mut all, mut questions) = (Vec::new(), Vec::new());
        for folder in folders {
            let claims = folder.join("claimreviews.ndjson");
            if claims.exists() {
                all.extend(entries(&claims)?);
            }
            questions.extend(asked(&folder.join("queries.jsonl"), &folder.join("qrels.tsv"))?);
        }
        Self::of(all, questions, model)
    }

    fn of(entries: Vec<Entry>, asked: Vec<(Asked, BTreeSet<String>)>, model: Model) -> anyhow::Result<Self> {
        Ok(Self {
            index: index_of(&entries, model)?,
            asked,
            entries,
        })
    }

    /// The questions with their candidates.
    pub(super) fn examples(&self) -> anyhow::Result<Vec<Example>> {
        let copies = Copies::of(&self.entries);
        let example = |(asked, gold): &(Asked, BTreeSet<String>)| {
            Ok(Example {
                candidates: self.index.candidates(&asked.text, asked.lang)?,
                copies: copies.of_all(gold),
                gold: gold.clone(),
            })
        };
        self.asked.iter().map(example).collect()
    }
}

/// Entries that say a claim in the same words.
struct Copies {
    key_of: BTreeMap<String, Fingerprint>,
    ids: BTreeMap<Fingerprint, BTreeSet<String>>,
}

impl Copies {
    fn of(entries: &[Entry]) -> Self {
        let said = |entry: &Entry| {
            let wording = entry.wordings.first()?;
            let near = Fingerprint::near_verbatim(&wording.text);
            Some((
                entry.id.clone(),
                near.unwrap_or_else(|| Fingerprint::exact(&wording.text)),
            ))
        };
        let key_of: BTreeMap<_, _> = entries.iter().filter_map(said).collect();
        let mut ids: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for (id, key) in &key_of {
            ids.entry(*key).or_default().insert(id.clone());
        }
        Self { key_of, ids }
    }

    fn of_all(&self, gold: &BTreeSet<String>) -> BTreeSet<String> {
        let keys = gold.iter().filter_map(|id| self.key_of.get(id));
        keys.filter_map(|key| self.ids.get(key)).flatten().cloned().collect()
    }
}

/// A line of a file of pairs: a claim, and a post that says it or nearly does.
#[derive(Debug, Deserialize)]
pub(super) struct PairLine {
    claim: String,
    post: String,
    lang: Lang,
    kind: String,
    same: bool,
}

/// Reads pairs.
pub(super) fn pair_lines(file: &Path) -> anyhow::Result<Vec<PairLine>> {
    json_lines(file, "a pair")
}

/// The posts of pairs, asked of an index of their claims and of some other entries.
pub(super) fn pairs(rows: &[PairLine], others: &[Entry], model: Model) -> anyhow::Result<Vec<Pair>> {
    let claim = |row: &PairLine| Entry {
        id: row.claim.clone(),
        wordings: vec![Wording {
            kind: WordingKind::Reviewed,
            text: row.claim.clone(),
            lang: row.lang,
        }],
    };
    let claims: Vec<Entry> = rows.iter().map(claim).collect();
    let entries = [&claims, others].concat();
    let index = index_of(&entries, model)?;
    let pair = |row: &PairLine| {
        Ok(Pair {
            candidates: index.candidates(&row.post, None)?,
            claim: row.claim.clone(),
            kind: row.kind.clone(),
            is_same: row.same,
        })
    };
    rows.iter().map(pair).collect()
}

fn entries(claims: &Path) -> anyhow::Result<Vec<Entry>> {
    Ok(checks(claims)?.into_iter().map(entry).collect())
}

/// Reads fact-checks; says which rows are none.
pub(super) fn checks(claims: &Path) -> anyhow::Result<Vec<ExternalFactCheck>> {
    let file = File::open(claims).with_context(|| format!("cannot read {}", claims.display()))?;
    let defaults = Defaults {
        publisher: Some("evaluation".to_owned()),
        ..Defaults::default()
    };
    let mut checks = Vec::new();
    for row in Reader::new(BufReader::new(file), defaults) {
        match row {
            Ok(check) => checks.push(check),
            Err(bad) => eprintln!("{}:{}: {}", claims.display(), bad.line, bad.reason),
        }
    }
    Ok(checks)
}

/// What a fact-check is called in the right answers.
pub(super) fn name(check: &ExternalFactCheck) -> String {
    let url = || check.url.as_ref().map(ToString::to_string);
    check.identifier.clone().or_else(url).unwrap_or_default()
}

fn index_of(entries: &[Entry], model: Model) -> anyhow::Result<ClaimIndex> {
    let index = ClaimIndex::in_memory()?;
    if let Some(model) = model {
        index.use_model(Arc::clone(model) as Arc<dyn Encoder>)?;
    }
    let mut writer = index.writer()?;
    writer.put_all(entries)?;
    writer.encode(entries)?;
    writer.commit(&Position {
        store_id: "evaluation".to_owned(),
        change: 1,
    })?;
    Ok(index)
}

fn entry(check: ExternalFactCheck) -> Entry {
    let id = name(&check);
    let texts = [
        (WordingKind::Reviewed, check.claim_reviewed),
        (WordingKind::Title, check.title),
        (WordingKind::Description, check.description),
    ];
    let filled = texts.into_iter().filter(|(_, text)| !text.is_empty());
    Entry {
        id,
        wordings: filled
            .map(|(kind, text)| Wording {
                kind,
                text,
                lang: check.lang,
            })
            .collect(),
    }
}

/// The questions that have a right answer.
fn asked(questions: &Path, qrels: &Path) -> anyhow::Result<Vec<(Asked, BTreeSet<String>)>> {
    let gold = gold(qrels)?;
    let with_gold = |asked: Asked| {
        let wanted = gold.get(&asked.id)?.clone();
        Some((asked, wanted))
    };
    Ok(queries(questions)?.into_iter().filter_map(with_gold).collect())
}

fn gold(file: &Path) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut gold: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (number, line) in lines(file)?.lines().enumerate() {
        let Some((query, claim)) = line.split_once('\t') else {
            bail!(
                "{}:{}: expected a query id, a tab and an identifier",
                file.display(),
                number + 1
            );
        };
        gold.entry(query.to_owned())
            .or_default()
            .insert(claim.trim().to_owned());
    }
    Ok(gold)
}

fn queries(file: &Path) -> anyhow::Result<Vec<Asked>> {
    json_lines(file, "a query")
}

fn json_lines<T: DeserializeOwned>(file: &Path, what: &str) -> anyhow::Result<Vec<T>> {
    let mut read = Vec::new();
    for (number, line) in lines(file)?.lines().enumerate() {
        let row = serde_json::from_str(line);
        read.push(row.with_context(|| format!("{}:{}: not {what}", file.display(), number + 1))?);
    }
    Ok(read)
}

fn lines(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
