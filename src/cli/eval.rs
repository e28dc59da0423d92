//! `klarstelle eval`: how well are claims found?

use std::path::PathBuf;

use claim_index::{
    ClaimIndex, Judge, Query, Ranker,
    eval::{self, Evaluation, Gain},
    judging,
    training::{self, Example},
};
use clap::Args;
use serde::Serialize;

use super::{
    outcomes::{Measured, OfPairs, Parts},
    output::print,
    questions::{Asked, Model, Questions, model_of, pair_lines, pairs},
};
use crate::config::Settings;

#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// ClaimReview rows, one claim each (NDJSON)
    #[arg(long, value_name = "FILE", required_unless_present = "pairs")]
    claims: Option<PathBuf>,
    /// The questions: `{"id", "text", "lang"}` a line
    #[arg(long, value_name = "FILE", required_unless_present = "pairs")]
    queries: Option<PathBuf>,
    /// The right answers: query id, tab, claim identifier
    #[arg(long, value_name = "FILE", required_unless_present = "pairs")]
    qrels: Option<PathBuf>,
    /// Instead: claims with posts that say them, or nearly (`{"claim", "post", "lang", "kind", "same"}` a line): how many
    /// near misses are called a match, and how many paraphrases are
    #[arg(long, value_name = "FILE", conflicts_with_all = ["claims", "queries", "qrels", "folds", "spoil", "outcomes"])]
    pairs: Option<PathBuf>,
    /// Also: how often `match`, `maybe` and `none` are right, as it is and with the right answers hidden
    #[arg(long)]
    outcomes: bool,
    /// Order each question's candidates by a ranker trained on the other folds, and compare with BM25 alone
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    /// Ask as somebody would who types badly or shouts
    #[arg(long, value_enum, value_name = "HOW")]
    spoil: Option<Spoil>,
}

/// What is done to the questions before they are asked.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Spoil {
    /// Two typos in every fourth word, the same each time
    Typos,
    /// Upper case
    Capitals,
}

impl Spoil {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Typos => claim_index::with_typos(text),
            Self::Capitals => text.to_uppercase(),
        }
    }
}

/// Candidates asked for: success at 10 needs ten.
const DEPTH: usize = 10;

/// What the shipped ranker, or one trained on the other folds, reaches.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    figures: Evaluation,
    #[serde(flatten)]
    folded: Option<Folded>,
    #[serde(flatten)]
    outcomes: Option<Measured>,
}

/// What is known besides when the ranker was trained on the other folds.
#[derive(Debug, Serialize)]
struct Folded {
    folds: usize,
    /// The same candidates in the order of BM25 alone.
    bm25: Evaluation,
    /// In MAP@5, over BM25.
    gain: Gain,
}

pub(super) fn run(settings: &Settings, args: &EvalArgs) -> anyhow::Result<()> {
    let model = model_of(settings)?;
    let shipped = Shipped::of(model.as_ref());
    if let Some(file) = &args.pairs {
        let pairs = pairs(&pair_lines(file)?, &[], model.as_ref())?;
        let verdicts = judging::judge_all(&[], &pairs, shipped.ranker, shipped.judge);
        print(settings, &OfPairs::of(&pairs, &verdicts.pairs), |of| of.line() + "\n")?;
        return Ok(());
    }
    let [claims, queries, qrels] =
        [&args.claims, &args.queries, &args.qrels].map(|file| file.clone().unwrap_or_default());
    let mut questions = Questions::read(&claims, &queries, &qrels, model.as_ref())?;
    if let Some(spoil) = args.spoil {
        for (asked, _) in &mut questions.asked {
            asked.text = spoil.apply(&asked.text);
        }
    }
    let mut report = match args.folds {
        Some(folds) => folded(&questions, folds.into())?,
        None => as_shipped(&questions)?,
    };
    if args.outcomes {
        report.outcomes = Some(outcomes(&questions, args.folds, shipped)?);
    }
    print(settings, &report, text)?;
    Ok(())
}

/// What answers lookups.
#[derive(Clone, Copy)]
struct Shipped {
    ranker: &'static Ranker,
    judge: &'static Judge,
}

impl Shipped {
    fn of(model: Model) -> Self {
        match model {
            Some(_) => Self {
                ranker: Ranker::shipped_with_model(),
                judge: Judge::shipped_with_model(),
            },
            None => Self {
                ranker: Ranker::shipped(),
                judge: Judge::shipped(),
            },
        }
    }
}

fn outcomes(questions: &Questions, folds: Option<u8>, shipped: Shipped) -> anyhow::Result<Measured> {
    let examples = questions.examples()?;
    let parts = Parts {
        sizes: &[("all".to_owned(), examples.len())],
        pairs: &[],
        pair_sizes: &[],
    };
    let verdicts = match folds {
        Some(folds) => {
            let ranker = training::fit(&examples.iter().collect::<Vec<_>>());
            judging::cross_validate(&examples, &[], &ranker, shipped.judge.needed(), folds.into())
        }
        None => judging::judge_all(&examples, &[], shipped.ranker, shipped.judge),
    };
    let names: Vec<&str> = questions.asked.iter().map(|(asked, _)| asked.id.as_str()).collect();
    Ok(Measured::of(&parts, &verdicts, shipped.judge.needed()).naming(&verdicts, &names))
}

fn as_shipped(questions: &Questions) -> anyhow::Result<Report> {
    let ranking = |(asked, gold): &(Asked, _)| Ok((ranking(&questions.index, asked)?, Clone::clone(gold)));
    let rankings: Vec<_> = questions.asked.iter().map(ranking).collect::<anyhow::Result<_>>()?;
    Ok(Report {
        figures: eval::evaluate(&rankings),
        folded: None,
        outcomes: None,
    })
}

fn folded(questions: &Questions, folds: usize) -> anyhow::Result<Report> {
    let examples = questions.examples()?;
    let orders = training::cross_validate(&examples, folds);
    let gold = || examples.iter().map(|example| example.gold.clone());
    let plain: Vec<_> = examples.iter().map(Example::by_score).zip(gold()).collect();
    let trained: Vec<_> = orders.into_iter().zip(gold()).collect();
    let both = trained.iter().zip(&plain);
    let both: Vec<_> = both
        .map(|((trained, gold), (plain, _))| (trained.clone(), plain.clone(), gold.clone()))
        .collect();
    Ok(Report {
        figures: eval::evaluate(&trained),
        folded: Some(Folded {
            folds,
            bm25: eval::evaluate(&plain),
            gain: eval::gain(&both),
        }),
        outcomes: None,
    })
}

fn ranking(index: &ClaimIndex, query: &Asked) -> anyhow::Result<Vec<String>> {
    let answer = index.lookup(&Query {
        text: query.text.clone(),
        lang: query.lang,
        limit: DEPTH,
    })?;
    Ok(answer.matches.into_iter().map(|found| found.id).collect())
}

fn text(report: &Report) -> String {
    let Evaluation {
        queries,
        map_at_5,
        mrr,
        success_at_1,
        success_at_5,
        success_at_10,
    } = report.figures;
    let mut text = format!(
        "queries {queries}\nMAP@5 {map_at_5:.4}\nMRR {mrr:.4}\nsuccess@1 {success_at_1:.4}\n\
         success@5 {success_at_5:.4}\nsuccess@10 {success_at_10:.4}\n"
    );
    if let Some(Folded { folds, bm25, gain }) = &report.folded {
        let Gain { mean, low, high } = gain;
        text.push_str(&format!(
            "folds {folds}\nBM25 MAP@5 {:.4}\ngain {mean:.4}, 95 % interval {low:.4} to {high:.4}\n",
            bm25.map_at_5
        ));
    }
    if let Some(outcomes) = &report.outcomes {
        text.push_str(&(outcomes.lines().join("\n") + "\n"));
    }
    text
}
