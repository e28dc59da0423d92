//! Questions with known answers, from files: what `eval` and `train-match` read.
//!
//! Each line of the claims file is a claim of its own, in memory: measuring must not depend on how the store joins
//! wordings, nor touch an installation.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::BufReader,
    path::Path,
};

use anyhow::{Context, bail};
use claim_index::{ClaimIndex, Entry, Position, Wording, WordingKind, training::Example};
use serde::Deserialize;

use crate::{
    domain::{ExternalFactCheck, Lang},
    extract::{Defaults, Reader},
};

/// Claims, and questions about them.
pub(super) struct Questions {
    pub(super) index: ClaimIndex,
    /// Only those with a right answer; at least one.
    pub(super) asked: Vec<(Asked, BTreeSet<String>)>,
}

/// A question: `{"id", "text", "lang"}`.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    id: String,
    pub(super) text: String,
    pub(super) lang: Option<Lang>,
}

impl Questions {
    pub(super) fn read(claims: &Path, questions: &Path, qrels: &Path) -> anyhow::Result<Self> {
        let index = index(claims)?;
        let gold = gold(qrels)?;
        let with_gold = |asked: Asked| {
            let wanted = gold.get(&asked.id)?.clone();
            Some((asked, wanted))
        };
        let asked: Vec<_> = queries(questions)?.into_iter().filter_map(with_gold).collect();
        if asked.is_empty() {
            bail!(
                "no query of {} has a right answer in {}",
                questions.display(),
                qrels.display()
            );
        }
        Ok(Self { index, asked })
    }

    /// The questions with their candidates.
    pub(super) fn examples(&self) -> anyhow::Result<Vec<Example>> {
        let example = |(asked, gold): &(Asked, BTreeSet<String>)| {
            Ok(Example {
                candidates: self.index.candidates(&asked.text, asked.lang)?,
                gold: gold.clone(),
            })
        };
        self.asked.iter().map(example).collect()
    }
}

fn index(claims: &Path) -> anyhow::Result<ClaimIndex> {
    let file = File::open(claims).with_context(|| format!("cannot read {}", claims.display()))?;
    let defaults = Defaults {
        publisher: Some("evaluation".to_owned()),
        ..Defaults::default()
    };
    let index = ClaimIndex::in_memory()?;
    let mut writer = index.writer()?;
    for row in Reader::new(BufReader::new(file), defaults) {
        match row {
            Ok(check) => writer.put(&entry(check))?,
            Err(bad) => eprintln!("{}:{}: {}", claims.display(), bad.line, bad.reason),
        }
    }
    writer.commit(&Position {
        store_id: "evaluation".to_owned(),
        change: 1,
    })?;
    Ok(index)
}

fn entry(check: ExternalFactCheck) -> Entry {
    let url = || check.url.as_ref().map(ToString::to_string);
    let id = check.identifier.clone().or_else(url).unwrap_or_default();
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
    let mut asked = Vec::new();
    for (number, line) in lines(file)?.lines().enumerate() {
        let query = serde_json::from_str(line);
        asked.push(query.with_context(|| format!("{}:{}: not a query", file.display(), number + 1))?);
    }
    Ok(asked)
}

fn lines(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
