//! `klarstelle eval-detect`: how well are claims told from other texts?

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{labelled, output::print, train_detect::lines};
use crate::{
    config::Settings,
    detect::{self, Figures, Label, Labelled, Model, Reached, Texts},
    domain::Lang,
};

#[derive(Debug, Args)]
pub(super) struct EvalDetectArgs {
    /// Texts that people labelled: `{"id", "text", "lang", "label"}` a line, where 1 is yes
    #[arg(long, value_name = "FILE")]
    labelled: PathBuf,
    /// What 1 means: a claim about facts that can be checked, or one that is worth a check
    #[arg(long, value_enum, default_value = "claim")]
    label: Asked,
    /// Instead of the shipped weights: cut the texts into so many parts by a hash of each text, judge each part by what is
    /// learnt from the others, and compare with TF-IDF and logistic regression
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    /// With --folds: also learn from the texts of this file, which may be in other languages
    #[arg(long, value_name = "FILE", requires = "folds")]
    with: Vec<PathBuf>,
}

/// What the labels mean.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Asked {
    /// A claim about facts that can be checked
    Claim,
    /// A claim that is worth a check
    Worthy,
}

impl From<Asked> for Label {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Claim => Self::Claim,
            Asked::Worthy => Self::Worthy,
        }
    }
}

/// What the shipped model reaches.
#[derive(Debug, Serialize)]
struct Report {
    label: Label,
    #[serde(flatten)]
    figures: Figures,
    /// From which chance on the answer is yes, by language.
    threshold: BTreeMap<String, f32>,
}

pub(super) fn run(settings: &Settings, args: &EvalDetectArgs) -> anyhow::Result<()> {
    let texts = labelled::read(&args.labelled)?;
    let label = args.label.into();
    match args.folds {
        Some(folds) => {
            let reached = folded(label, texts, &args.with, folds.into())?;
            print(settings, &reached, |reached| lines(reached).join("\n") + "\n")?;
        }
        None => print(settings, &shipped(label, &texts), text)?,
    }
    Ok(())
}

fn shipped(label: Label, texts: &[Labelled]) -> Report {
    let model = Model::shipped();
    let langs = texts.iter().map(|text| text.lang);
    Report {
        label,
        figures: detect::evaluate(model, label, texts),
        threshold: langs
            .map(|lang| (lang.to_string(), model.needed(lang, label)))
            .collect(),
    }
}

/// The languages of the file; what was learnt with it is not told.
fn folded(label: Label, mut texts: Vec<Labelled>, with: &[PathBuf], folds: usize) -> anyhow::Result<Vec<Reached>> {
    let asked: BTreeSet<Lang> = texts.iter().map(|text| text.lang).collect();
    for file in with {
        texts.extend(labelled::read(file)?);
    }
    let reached = detect::cross_validate(label, &Texts::from([(label, texts)]), folds).into_iter();
    Ok(reached.filter(|reached| asked.contains(&reached.lang)).collect())
}

fn text(report: &Report) -> String {
    let Figures {
        n,
        positive,
        precision,
        recall,
        f1,
        average_precision,
        accuracy,
    } = report.figures;
    let mut text = format!(
        "label {}\nn {n}\npositive {positive}\nprecision {precision:.4}\nrecall {recall:.4}\nF1 {f1:.4}\n\
         average precision {average_precision:.4}\naccuracy {accuracy:.4}\n",
        report.label.as_str()
    );
    let thresholds = report.threshold.iter();
    text.extend(thresholds.map(|(lang, needed)| format!("threshold {lang} {needed:.4}\n")));
    text
}
