//! `cargo run --release --example evaluate -- DIR` scores the index on a folder of development data: how well it
//! ranks, and how often it says `match` or `maybe` when the right entry is hidden.
//!
//! DIR holds `claimreviews.ndjson` (one schema.org ClaimReview a line), `queries.jsonl` (`{id, text, lang}`) and
//! `qrels.tsv` (query id, tab, identifier).

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use claim_index::eval::evaluate;
use claim_index::{Answer, ClaimIndex, Entry, Fingerprint, Lang, Outcome, Position, Query, Wording, WordingKind};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    identifier: String,
    claim_reviewed: String,
    name: Option<String>,
    description: Option<String>,
    in_language: Option<Lang>,
}

#[derive(Deserialize)]
struct Asked {
    id: String,
    text: String,
    lang: Option<Lang>,
}

type Gold = BTreeMap<String, BTreeSet<String>>;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::args_os().nth(1).ok_or("usage: evaluate DIR")?;
    let dir = Path::new(&dir);
    let reviews: Vec<Review> = lines(&dir.join("claimreviews.ndjson"))?;
    let queries: Vec<Asked> = lines(&dir.join("queries.jsonl"))?;
    let gold = gold(&dir.join("qrels.tsv"))?;

    let start = Instant::now();
    let index = build(reviews.iter())?;
    println!("{} entries in {:.1?}", index.len(), start.elapsed());
    ranking(&index, &queries, &gold)?;
    abstaining(&reviews, &queries, &gold)
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    Ok(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

fn gold(path: &Path) -> Result<Gold, Box<dyn Error>> {
    let mut gold = Gold::new();
    for line in fs::read_to_string(path)?.lines() {
        let (query, identifier) = line.split_once('\t').ok_or("no tab in a line of qrels.tsv")?;
        gold.entry(query.to_owned()).or_default().insert(identifier.to_owned());
    }
    Ok(gold)
}

fn build<'a>(reviews: impl Iterator<Item = &'a Review>) -> Result<ClaimIndex, Box<dyn Error>> {
    let index = ClaimIndex::in_memory()?;
    let mut writer = index.writer()?;
    for review in reviews {
        writer.put(&entry(review))?;
    }
    writer.commit(&Position {
        store_id: "evaluation".to_owned(),
        change: 1,
    })?;
    Ok(index)
}

fn entry(review: &Review) -> Entry {
    let lang = review.in_language.unwrap_or(Lang::UND);
    let texts = [
        (WordingKind::Reviewed, Some(&review.claim_reviewed)),
        (WordingKind::Title, review.name.as_ref()),
        (WordingKind::Description, review.description.as_ref()),
    ];
    let wordings = texts.into_iter().filter_map(|(kind, text)| {
        Some(Wording {
            kind,
            text: text?.clone(),
            lang,
        })
    });
    Entry {
        id: review.identifier.clone(),
        wordings: wordings.collect(),
    }
}

fn ask(index: &ClaimIndex, asked: &Asked) -> Result<Answer, claim_index::Error> {
    index.lookup(&Query {
        text: asked.text.clone(),
        lang: asked.lang,
        limit: 10,
    })
}

fn ranking(index: &ClaimIndex, queries: &[Asked], gold: &Gold) -> Result<(), Box<dyn Error>> {
    let mut rankings = Vec::new();
    let mut times = Vec::new();
    for asked in queries {
        let start = Instant::now();
        let answer = ask(index, asked)?;
        times.push(start.elapsed());
        let ranked = answer.matches.into_iter().map(|found| found.id).collect();
        rankings.push((ranked, gold.get(&asked.id).cloned().unwrap_or_default()));
    }
    times.sort();
    let quantile = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(Duration::ZERO);
    println!("{}", serde_json::to_string(&evaluate(&rankings))?);
    println!(
        "lookup median {:.2?}, 99th percentile {:.2?}",
        quantile(50),
        quantile(99)
    );
    Ok(())
}

/// Hides the right entries, and their copies, of the half of the queries whose id hashes to an even number.
fn abstaining(reviews: &[Review], queries: &[Asked], gold: &Gold) -> Result<(), Box<dyn Error>> {
    let is_hidden = |asked: &&Asked| Fingerprint::exact(&asked.id).as_bytes()[0].is_multiple_of(2);
    let (hidden, known): (Vec<&Asked>, Vec<&Asked>) = queries.iter().partition(is_hidden);
    let hidden_ids: BTreeSet<&String> = hidden
        .iter()
        .filter_map(|asked| gold.get(&asked.id))
        .flatten()
        .collect();
    let hidden_texts: BTreeSet<_> = reviews
        .iter()
        .filter(|review| hidden_ids.contains(&review.identifier))
        .map(copy_key)
        .collect();
    let index = build(
        reviews
            .iter()
            .filter(|review| !hidden_texts.contains(&copy_key(review))),
    )?;
    let left: BTreeSet<String> = index.digests()?.into_keys().collect();
    let known: Vec<&Asked> = known
        .into_iter()
        .filter(|asked| gold.get(&asked.id).is_some_and(|gold| !gold.is_disjoint(&left)))
        .collect();
    print_outcomes("without an entry", &index, &hidden, gold)?;
    print_outcomes("with an entry", &index, &known, gold)
}

/// Equal for reviews of the same claim in the same words.
fn copy_key(review: &Review) -> Fingerprint {
    let text = &review.claim_reviewed;
    Fingerprint::near_verbatim(text).unwrap_or_else(|| Fingerprint::exact(text))
}

fn print_outcomes(label: &str, index: &ClaimIndex, queries: &[&Asked], gold: &Gold) -> Result<(), Box<dyn Error>> {
    let mut counts: BTreeMap<(Outcome, bool), usize> = BTreeMap::new();
    for asked in queries {
        let answer = ask(index, asked)?;
        let best = answer.matches.first().map(|best| &best.id);
        let is_right = best
            .zip(gold.get(&asked.id))
            .is_some_and(|(best, gold)| gold.contains(best));
        *counts.entry((answer.outcome, is_right)).or_default() += 1;
    }
    println!("{} queries {label}:", queries.len());
    for outcome in [Outcome::Match, Outcome::Maybe, Outcome::None] {
        let count = |is_right| counts.get(&(outcome, is_right)).copied().unwrap_or_default();
        let (right, wrong) = (count(true), count(false));
        let share = 100.0 * (right + wrong) as f64 / queries.len().max(1) as f64;
        println!("  {outcome:?}: {share:.1} % ({right} of them the right entry, {wrong} another)");
    }
    Ok(())
}
