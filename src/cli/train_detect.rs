//! `klarstelle train-detect`: the models of detection, from texts that people labelled.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::{
    labelled::{self, name},
    output::print,
};
use crate::{
    config::Settings,
    detect::{self, Label, Reached, Texts},
};

#[derive(Debug, Args)]
pub(super) struct TrainDetectArgs {
    /// A folder with files of `{"id", "text", "lang", "label"}` lines: `…claim….jsonl`, where 1 is a claim about facts, and
    /// `…checkworthy….jsonl`, claims where 1 is worth a check
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also write the weights here, as `weights.bin`: the content of `src/detect/weights.bin`
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Parts into which texts are cut for the figures.
const PARTS: usize = 5;

pub(super) fn run(settings: &Settings, args: &TrainDetectArgs) -> anyhow::Result<()> {
    let files = labelled::files(&args.folder)?;
    let texts = read(&files)?;
    let reached: Vec<Reached> = texts
        .keys()
        .flat_map(|label| detect::cross_validate(*label, &texts, PARTS))
        .collect();
    if let Some(out) = &args.out {
        let about = json!({
            "made_by": "klarstelle train-detect checkworthiness --out src/detect",
            "from": files.values().flatten().map(|file| name(file)).collect::<Vec<_>>(),
            "measured": format!("{PARTS} parts by a hash of the text, each judged by what was learnt from the others; \
                                 baseline: TF-IDF and logistic regression of the language alone"),
            "figures": lines(&reached),
        });
        write(&out.join("weights.bin"), &detect::train(&texts, about).to_bytes()?)?;
    }
    print(settings, &reached, |reached| lines(reached).join("\n") + "\n")?;
    Ok(())
}

fn read(files: &BTreeMap<Label, Vec<PathBuf>>) -> anyhow::Result<Texts> {
    let mut texts = Texts::new();
    for (label, files) in files {
        for file in files {
            texts.entry(*label).or_default().extend(labelled::read(file)?);
        }
    }
    Ok(texts)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// A line a label and language.
pub(super) fn lines(reached: &[Reached]) -> Vec<String> {
    reached.iter().map(line).collect()
}

fn line(reached: &Reached) -> String {
    let Reached {
        label,
        lang,
        figures,
        threshold: _,
        baseline,
        gain,
        without_language,
    } = reached;
    let without = without_language.map_or_else(String::new, |ap| {
        format!(", {ap:.3} learnt from the other languages only")
    });
    format!(
        "{} {lang}: {} texts, average precision {:.3}, baseline {baseline:.3}, gain {:+.3} ({:+.3} to {:+.3}), F1 {:.3}{without}",
        label.as_str(),
        figures.n,
        figures.average_precision,
        gain.mean,
        gain.low,
        gain.high,
        figures.f1,
    )
}
