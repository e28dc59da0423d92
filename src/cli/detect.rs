//! `klarstelle detect FILE|-`: which sentences of a text are claim-like, who says them, and why.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{
    extract::read,
    output::{print, tame},
};
use crate::{
    config::Settings,
    detect::{self, Sentence},
    domain::{Lang, Sign},
};

#[derive(Debug, Args)]
pub(super) struct DetectArgs {
    /// A text in UTF-8, a paragraph a line; `-` is standard input
    file: PathBuf,
    /// Its language as a BCP 47 tag; guessed if it is not given
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
}

pub(super) fn run(settings: &Settings, args: &DetectArgs) -> anyhow::Result<()> {
    let bytes = read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", args.file.display()))?;
    let lang = match &args.lang {
        Some(tag) => tag.parse::<Lang>()?,
        None => Lang::detect(&text),
    };
    print(settings, &detect::judged(&text, lang), |sentences| {
        sentences.iter().map(lines).collect()
    })?;
    Ok(())
}

fn lines(sentence: &Sentence<'_>) -> String {
    let judgement = &sentence.judgement;
    let mark = if judgement.is_mention() { "claim" } else { "-" };
    let mut text = format!("{:.2}  {mark:<5}  {}\n", judgement.score, tame(sentence.text));
    if let Some(speaker) = &sentence.speaker {
        text.push_str(&format!("             said by: {}\n", tame(speaker)));
    }
    let reason = |sign: &Sign| format!("             {:+.2} {}\n", sign.weight, tame(&sign.what));
    text.extend(judgement.reasons.iter().map(reason));
    text
}
