//! `klarstelle train-match`: the weights by which candidates are ordered, from questions with known answers.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use claim_index::{
    eval,
    training::{self, Example},
};
use clap::Args;
use serde::Serialize;

use super::{output::print, questions::Questions};
use crate::config::Settings;

#[derive(Debug, Args)]
pub(super) struct TrainMatchArgs {
    /// Folders with `claimreviews.ndjson`, `queries.jsonl` and `qrels.tsv`
    #[arg(required = true, value_name = "DIR")]
    sets: Vec<PathBuf>,
    /// Where the weights go, as a small JSON file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Folds of the figures that stand in the file.
const FOLDS: usize = 5;

/// What cross-validation says about one folder.
#[derive(Debug, Serialize)]
struct Figures {
    set: String,
    queries: usize,
    bm25_map_at_5: f64,
    map_at_5: f64,
}

pub(super) fn run(settings: &Settings, args: &TrainMatchArgs) -> anyhow::Result<()> {
    let mut examples = Vec::new();
    let mut sizes = Vec::new();
    for set in &args.sets {
        let of_set = read(set).with_context(|| format!("cannot learn from {}", set.display()))?;
        sizes.push((name(set), of_set.len()));
        examples.extend(of_set);
    }
    let figures = figures(&examples, &sizes);
    let ranker = training::fit(&examples.iter().collect::<Vec<_>>());
    let written = fs::write(&args.out, ranker.to_json(about(&figures)));
    written.with_context(|| format!("cannot write {}", args.out.display()))?;
    print(settings, &figures, |figures| lines(figures).join("\n") + "\n")?;
    Ok(())
}

fn read(set: &Path) -> anyhow::Result<Vec<Example>> {
    let [claims, queries, qrels] = ["claimreviews.ndjson", "queries.jsonl", "qrels.tsv"].map(|file| set.join(file));
    Questions::read(&claims, &queries, &qrels)?.examples()
}

fn name(set: &Path) -> String {
    set.file_name()
        .unwrap_or(set.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Trained on all sets but the fold in question, shown set by set.
fn figures(examples: &[Example], sizes: &[(String, usize)]) -> Vec<Figures> {
    let orders = training::cross_validate(examples, FOLDS);
    let mut rest: &[Example] = examples;
    let mut orders = orders.into_iter();
    let mut figures = Vec::new();
    for (set, size) in sizes {
        let (here, after) = rest.split_at(*size);
        rest = after;
        let trained: Vec<_> = orders
            .by_ref()
            .take(*size)
            .zip(here)
            .map(|(order, example)| (order, example.gold.clone()))
            .collect();
        let plain: Vec<_> = here
            .iter()
            .map(|example| (example.by_score(), example.gold.clone()))
            .collect();
        figures.push(Figures {
            set: set.clone(),
            queries: *size,
            bm25_map_at_5: eval::evaluate(&plain).map_at_5,
            map_at_5: eval::evaluate(&trained).map_at_5,
        });
    }
    figures
}

fn about(figures: &[Figures]) -> Vec<String> {
    let sets: Vec<&str> = figures.iter().map(|figures| figures.set.as_str()).collect();
    let mut about = vec![format!(
        "made by `klarstelle train-match {}`, from all of them together",
        sets.join(" ")
    )];
    about.push(format!(
        "MAP@5 by BM25 and, {FOLDS} folds grouped by claim, by weights trained on the others:"
    ));
    about.extend(lines(figures));
    about
}

fn lines(figures: &[Figures]) -> Vec<String> {
    let line =
        |Figures {
             set,
             queries,
             bm25_map_at_5,
             map_at_5,
         }: &Figures| { format!("{set}: {queries} questions, {bm25_map_at_5:.3} and {map_at_5:.3}") };
    figures.iter().map(line).collect()
}
