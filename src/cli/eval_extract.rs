//! `klarstelle eval-extract`: how well are articles told from what surrounds them?

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::{
    benchmark::{Benchmark, BenchmarkPage},
    output::print,
};
use crate::{
    config::Settings,
    extract::{self, measure},
};

#[derive(Debug, Args)]
pub(super) struct EvalExtractArgs {
    /// A folder with `ground-truth.json` (`{KEY: {"articleBody", "url"}}`) and `html/KEY.html.gz`
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also each page's figures, the worst first
    #[arg(long)]
    pages: bool,
    /// Instead of the shipped weights: cut the pages into so many parts, and read each by weights learnt from the others
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(2..=20))]
    folds: Option<u8>,
    /// Learn from all the pages, and write the weights here: the content of `src/extract/content/weights.json`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pages", "folds"])]
    learn: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    figures: measure::Figures,
    /// CPU time of reading all pages (with folds: of learning too), files and measure not included.
    cpu_seconds: f64,
    /// Pages from which no text was taken.
    empty: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    each: Vec<Each>,
}

/// One page.
#[derive(Debug, Serialize)]
struct Each {
    key: String,
    precision: f64,
    recall: f64,
}

pub(super) fn run(settings: &Settings, args: &EvalExtractArgs) -> anyhow::Result<()> {
    let benchmark = Benchmark::read(&args.folder)?;
    if let Some(file) = &args.learn {
        return learn(&benchmark, file);
    }
    let before = cpu_time();
    let texts = match args.folds {
        Some(folds) => extract::cross_validate(&benchmark.decoded(), folds.into())?,
        None => benchmark.pages.iter().map(main_text).collect(),
    };
    let cpu = cpu_time().saturating_sub(before);
    let scores: Vec<_> = benchmark
        .pages
        .iter()
        .zip(&texts)
        .map(|(page, text)| measure::score(&page.truth, text))
        .collect();
    let report = Report {
        figures: measure::Figures::of(&scores),
        cpu_seconds: cpu.as_secs_f64(),
        empty: texts.iter().filter(|text| text.is_empty()).count(),
        each: if args.pages {
            each(&benchmark, &scores)
        } else {
            Vec::new()
        },
    };
    print(settings, &report, text)?;
    Ok(())
}

fn main_text(page: &BenchmarkPage) -> String {
    let document = extract::read(&page.bytes, Some("text/html"), &page.url).document;
    document.map_or_else(String::new, |document| document.text)
}

fn learn(benchmark: &Benchmark, file: &Path) -> anyhow::Result<()> {
    let about = format!(
        "learnt from {} pages by klarstelle eval-extract --learn",
        benchmark.pages.len()
    );
    let weights = extract::train(&benchmark.decoded(), about)?;
    fs::write(file, weights).with_context(|| format!("cannot write {}", file.display()))
}

fn each(benchmark: &Benchmark, scores: &[(f64, f64)]) -> Vec<Each> {
    let pages = benchmark.pages.iter().zip(scores);
    let mut each: Vec<Each> = pages
        .map(|(page, &(precision, recall))| Each {
            key: page.key.clone(),
            precision,
            recall,
        })
        .collect();
    each.sort_by(|a, b| (a.precision + a.recall).total_cmp(&(b.precision + b.recall)));
    each
}

/// CPU time of this thread, which alone does the work (Linux: in nanoseconds, `schedstat`); without it, wall time.
fn cpu_time() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split_whitespace().next().and_then(|n| n.parse().ok());
    nanos.map_or_else(
        || std::time::UNIX_EPOCH.elapsed().unwrap_or_default(),
        Duration::from_nanos,
    )
}

fn text(report: &Report) -> String {
    let measure::Figures {
        pages,
        precision,
        recall,
        f1,
    } = report.figures;
    let mut text = format!(
        "pages {pages}\nprecision {precision:.4}\nrecall {recall:.4}\nF1 {f1:.4}\nempty {}\nCPU seconds {:.3}\n",
        report.empty, report.cpu_seconds
    );
    let line = |page: &Each| format!("{:.3} {:.3} {}\n", page.precision, page.recall, page.key);
    text.extend(report.each.iter().map(line));
    text
}
