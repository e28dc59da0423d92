//! `klarstelle eval`: how well are claims found?
//!
//! Each line of the claims file is a claim of its own, in memory: measuring must not depend on how the store joins
//! wordings, nor touch an installation.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use claim_index::{
    ClaimIndex, Entry, Position, Query, Wording, WordingKind,
    eval::{self, Evaluation},
};
use clap::Args;
use serde::Deserialize;

use super::output::print;
use crate::{
    config::Settings,
    domain::{ExternalFactCheck, Lang},
    extract::{Defaults, Reader},
};

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// ClaimReview rows, one claim each (NDJSON)
    #[arg(long, value_name = "FILE")]
    claims: PathBuf,
    /// The questions: `{"id", "text", "lang"}` a line
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// The right answers: query id, tab, claim identifier
    #[arg(long, value_name = "FILE")]
    qrels: PathBuf,
}

/// Candidates asked for: success at 10 needs ten.
const DEPTH: usize = 10;

#[derive(Debug, Deserialize)]
struct Asked {
    id: String,
    text: String,
    lang: Option<Lang>,
}

pub(super) fn run(settings: &Settings, args: &EvalArgs) -> anyhow::Result<()> {
    let index = index(&args.claims)?;
    let gold = gold(&args.qrels)?;
    let mut rankings = Vec::new();
    for query in queries(&args.queries)? {
        let Some(wanted) = gold.get(&query.id) else { continue };
        rankings.push((ranking(&index, query)?, wanted.clone()));
    }
    if rankings.is_empty() {
        bail!(
            "no query of {} has a right answer in {}",
            args.queries.display(),
            args.qrels.display()
        );
    }
    print(settings, &eval::evaluate(&rankings), text)?;
    Ok(())
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

fn ranking(index: &ClaimIndex, query: Asked) -> anyhow::Result<Vec<String>> {
    let answer = index.lookup(&Query {
        text: query.text,
        lang: query.lang,
        limit: DEPTH,
    })?;
    Ok(answer.matches.into_iter().map(|found| found.id).collect())
}

fn text(figures: &Evaluation) -> String {
    let Evaluation {
        queries,
        map_at_5,
        mrr,
        success_at_1,
        success_at_5,
        success_at_10,
    } = figures;
    format!(
        "queries {queries}\nMAP@5 {map_at_5:.4}\nMRR {mrr:.4}\nsuccess@1 {success_at_1:.4}\n\
         success@5 {success_at_5:.4}\nsuccess@10 {success_at_10:.4}\n"
    )
}
