//! `klarstelle lookup TEXT`: has this been debunked?

use std::io::Read;

use anyhow::Context;
use claim_index::Outcome;
use clap::Args;

use super::{
    context::{open_store, place},
    output::{print, tame},
};
use crate::{
    api::{AnswerWire, PageAnswerWire},
    config::Settings,
    domain::{FactCheck, FactCheckBody, Lang},
    indexer::{self, SharedIndex},
    lookup::{Answer, Candidate, Lookup, PageAnswer, Question, Reason},
};

#[derive(Debug, Args)]
pub(super) struct LookupArgs {
    /// The text or address; `-` reads it from standard input
    text: String,
    /// The text is a page: look up each of its sentences
    #[arg(long)]
    page: bool,
    /// Its language, as a BCP 47 tag [default: detected]
    #[arg(long)]
    lang: Option<Lang>,
}

pub(super) async fn run(settings: &Settings, args: &LookupArgs) -> anyhow::Result<()> {
    let text = text(args)?;
    let lookup = open(settings).await?;
    if args.page {
        let answer = lookup.page(&text, args.lang).await?;
        print(settings, &PageAnswerWire::of(&answer), |_| page(&answer))?;
    } else {
        let question = Question::from_text(&text, args.lang);
        let answer = lookup.answer(&question, settings.lookup.candidates).await?;
        print(settings, &AnswerWire::of(&answer), |_| written(&answer))?;
    }
    Ok(())
}

fn text(args: &LookupArgs) -> anyhow::Result<String> {
    if args.text != "-" {
        return Ok(args.text.clone());
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("cannot read standard input as UTF-8")?;
    Ok(text)
}

/// Opens the store and the index; brings the index up to date first if nobody else does.
async fn open(settings: &Settings) -> anyhow::Result<Lookup> {
    let store = open_store(settings).await?;
    indexer::catch_up_if_free(&store, &place(settings)).await?;
    Ok(Lookup::new(store, SharedIndex::open_read_only(&place(settings))?))
}

/// An answer as people read it.
pub(super) fn written(answer: &Answer) -> String {
    let mut text = match (answer.outcome, answer.checked) {
        (Outcome::Match, true) => "Known claim, checked.\n".to_owned(),
        (Outcome::Match, false) => "Known claim, not checked yet.\n".to_owned(),
        (Outcome::Maybe, _) => "Perhaps one of these; too unlike to say so.\n".to_owned(),
        (Outcome::None, _) => "Nothing known. That does not make it true.\n".to_owned(),
    };
    let told = answer
        .candidates
        .iter()
        .filter(|candidate| candidate.outcome != Outcome::None);
    text.extend(told.map(candidate));
    text
}

/// What a page says that is known, as people read it.
fn page(answer: &PageAnswer) -> String {
    let mut text = format!(
        "{} of {} sentences looked up, {} known or perhaps known.\n",
        answer.asked,
        answer.sentences,
        answer.findings.len()
    );
    for finding in &answer.findings {
        text.push_str(&format!("\n“{}”\n{}", tame(&finding.quote), written(&finding.answer)));
    }
    text
}

fn candidate(candidate: &Candidate) -> String {
    let claim = tame(candidate.known.claim.text.as_str());
    let mut text = format!("\n{:>4.0} %  {claim}\n", candidate.confidence * 100.0);
    for reason in &candidate.reasons {
        text.push_str(&format!("        because: {}\n", because(reason)));
    }
    text.extend(
        candidate
            .known
            .fact_checks
            .iter()
            .map(|check| format!("        {}\n", debunk(check))),
    );
    text
}

fn because(reason: &Reason) -> String {
    use claim_index::Reason as Wording;
    match reason {
        Reason::SameUrl(_) => "seen or checked at this very address".to_owned(),
        Reason::Wording(Wording::IdenticalText) => "the same words".to_owned(),
        Reason::Wording(Wording::NearDuplicate { similarity }) => format!("nearly the same words ({similarity:.2})"),
        Reason::Wording(Wording::Semantic { similarity }) => format!("a like meaning ({similarity:.2})"),
        Reason::Wording(Wording::Coverage { share, of_text }) => {
            format!(
                "{:.0} % of the claim is in it, {:.0} % of it is in the claim",
                share * 100.0,
                of_text * 100.0
            )
        }
        Reason::Wording(Wording::Negation) => "one of them is negated".to_owned(),
        Reason::Wording(Wording::Numbers { agree, differ }) => numbers(agree, differ),
        Reason::Wording(Wording::Terms { terms }) => {
            format!(
                "shared words: {}",
                terms.iter().map(|t| t.term.as_str()).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn numbers(agree: &[String], differ: &[String]) -> String {
    match (agree.is_empty(), differ.is_empty()) {
        (false, true) => format!("numbers agree: {}", agree.join(", ")),
        (true, _) => format!("numbers differ: {}", differ.join(", ")),
        (false, false) => format!("numbers agree: {}; differ: {}", agree.join(", "), differ.join(", ")),
    }
}

fn debunk(check: &FactCheck) -> String {
    let (publisher, rating, title) = match &check.body {
        FactCheckBody::External(body) => (
            body.publisher.name.as_str(),
            body.rating.text.as_str(),
            body.title.as_str(),
        ),
        FactCheckBody::Own(body) => ("own fact-check", body.rating.as_str(), body.title.as_str()),
    };
    let url = check.url().map_or("(no link)", |url| url.as_str());
    tame(&format!("{publisher}: “{rating}” ({}): {title} {url}", check.verdict))
}
