//! `klarstelle train-match`: the models of the matcher, from questions with known answers and pairs of claims and posts: the
//! ranker, which orders candidates, and the judge, which says how likely the first of them is the claim.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use claim_index::{
    Chances, eval,
    judging::{self, Pair},
    training::{self, Example},
};
use clap::Args;
use serde::Serialize;

use super::{
    context::place,
    outcomes::{Measured, Parts},
    output::print,
    questions::{Model, Questions, model_of, pair_lines, pairs},
};
use crate::config::Settings;

#[derive(Debug, Args)]
pub(super) struct TrainMatchArgs {
    /// Folders with `claimreviews.ndjson`, `queries.jsonl` and `qrels.tsv`
    #[arg(required = true, value_name = "DIR")]
    sets: Vec<PathBuf>,
    /// Folders whose questions are asked once more of the claims of all of these folders together: an archive in many languages
    #[arg(long, value_name = "DIR")]
    together: Vec<PathBuf>,
    /// Claims with posts that say them, or nearly: `{"claim", "post", "lang", "kind", "same"}` a line
    #[arg(long, value_name = "FILE")]
    pairs: Vec<PathBuf>,
    /// Chances from which a claim is a match: that the text is about it, and that it says the same
    #[arg(long, value_name = "SUBJECT,AGREEMENT", value_parser = chances, default_value = "0.74,0.55")]
    match_from: Chances,
    /// Where the weights go: `ranker.json` and `judge.json`, small files of numbers; with --model `ranker-semantic.json` and
    /// `judge-semantic.json`
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// What the folders that are asked as one are called in figures.
const TOGETHER: &str = "together";

/// Folds of the figures that stand in the file.
const FOLDS: usize = 5;

fn chances(text: &str) -> Result<Chances, String> {
    let read = |text: &str| text.parse().ok().filter(|chance| (0.0..=1.0).contains(chance));
    let (subject, agreement) = text.split_once(',').ok_or("expected two numbers with a comma")?;
    match (read(subject), read(agreement)) {
        (Some(subject), Some(agreement)) => Ok(Chances { subject, agreement }),
        _ => Err("expected numbers from 0 to 1".to_owned()),
    }
}

/// What cross-validation says about one folder.
#[derive(Debug, Serialize)]
struct Figures {
    set: String,
    queries: usize,
    bm25_map_at_5: f64,
    map_at_5: f64,
}

/// What was learnt from, set by set.
#[derive(Default)]
struct Material {
    examples: Vec<Example>,
    sizes: Vec<(String, usize)>,
    pairs: Vec<Pair>,
    pair_sizes: Vec<(String, usize)>,
}

pub(super) fn run(settings: &Settings, args: &TrainMatchArgs) -> anyhow::Result<()> {
    let model = model_of(settings)?;
    let material = Material::read(args, model.as_ref())?;
    let figures = figures(&material.examples, &material.sizes);
    let ranker = training::fit(&material.examples.iter().collect::<Vec<_>>());
    let needed = args.match_from;
    let measured = {
        let verdicts = judging::cross_validate(&material.examples, &material.pairs, &ranker, needed, FOLDS);
        Measured::of(&material.parts(), &verdicts, needed)
    };
    let judge = judging::train(&material.examples, &material.pairs, &ranker, needed);
    let command = command(settings, args);
    let suffix = if model.is_some() { "-semantic" } else { "" };
    write(
        &args.out,
        &format!("ranker{suffix}.json"),
        &ranker.to_json(about(&command, &figures)),
    )?;
    write(
        &args.out,
        &format!("judge{suffix}.json"),
        &judge.described(judge_about(&command), measured.published()).to_json(),
    )?;
    let report = Report { figures, measured };
    print(settings, &report, |report| {
        [lines(&report.figures), report.measured.lines()].concat().join("\n") + "\n"
    })?;
    Ok(())
}

/// What was measured by cross-validation.
#[derive(Debug, Serialize)]
struct Report {
    figures: Vec<Figures>,
    #[serde(flatten)]
    measured: Measured,
}

fn write(dir: &Path, file: &str, text: &str) -> anyhow::Result<()> {
    let path = dir.join(file);
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

impl Material {
    fn parts(&self) -> Parts<'_> {
        Parts {
            sizes: &self.sizes,
            pairs: &self.pairs,
            pair_sizes: &self.pair_sizes,
        }
    }

    fn read(args: &TrainMatchArgs, model: Model) -> anyhow::Result<Self> {
        let mut material = Self::default();
        let mut entries = Vec::new();
        for set in &args.sets {
            let questions = read(set, model).with_context(|| format!("cannot learn from {}", set.display()))?;
            let examples = questions.examples()?;
            material.sizes.push((name(set), examples.len()));
            material.examples.extend(examples);
            entries.extend(questions.entries);
        }
        if !args.together.is_empty() {
            let questions = Questions::together(&args.together, model)?;
            let examples = questions.examples()?;
            material.sizes.push((TOGETHER.to_owned(), examples.len()));
            material.examples.extend(examples);
        }
        for file in &args.pairs {
            let rows = pair_lines(file)?;
            // A small archive and a large one: what is rare in one is common in the other.
            for (others, label) in [(&[][..], "alone"), (&entries[..], "among all")] {
                material
                    .pair_sizes
                    .push((format!("{}, {label}", name(file)), rows.len()));
                material.pairs.extend(pairs(&rows, others, model)?);
            }
        }
        Ok(material)
    }
}

/// As it can be typed again, but for where files are.
fn command(settings: &Settings, args: &TrainMatchArgs) -> String {
    let model = place(settings)
        .model
        .map(|folder| format!("--model {} ", name(&folder)));
    let sets: Vec<String> = args.sets.iter().map(|set| name(set)).collect();
    let option = |option: &str, files: &[PathBuf]| -> String {
        files.iter().map(|file| format!(" --{option} {}", name(file))).collect()
    };
    format!(
        "klarstelle {}train-match {}{}{} --match-from {},{}",
        model.unwrap_or_default(),
        sets.join(" "),
        option("together", &args.together),
        option("pairs", &args.pairs),
        args.match_from.subject,
        args.match_from.agreement
    )
}

fn read(set: &Path, model: Model) -> anyhow::Result<Questions> {
    let [claims, queries, qrels] = ["claimreviews.ndjson", "queries.jsonl", "qrels.tsv"].map(|file| set.join(file));
    Questions::read(&claims, &queries, &qrels, model)
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

fn about(command: &str, figures: &[Figures]) -> Vec<String> {
    let mut about = vec![
        format!("made by `{command}`, from all of them together"),
        format!("MAP@5 by BM25 and, {FOLDS} folds grouped by claim, by weights trained on the others:"),
    ];
    about.extend(lines(figures));
    about
}

fn judge_about(command: &str) -> Vec<String> {
    vec![
        format!("made by `{command}`, from all of them together"),
        format!("measured: outcomes by judges trained on the other folds, {FOLDS} of them, grouped by claim"),
    ]
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
