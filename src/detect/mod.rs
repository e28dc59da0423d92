//! A document comes in; its mentions, passages that may be checkable claims, go out.
//!
//! Deliberately simple: sentences, scored by signals that anybody can read in [`score`]'s tables. What matters is to let
//! little through that is no statement (questions, calls, opinions, notices); what is worth a check is for reviewers to say.

mod cues;
mod score;
mod sentences;

use std::collections::BTreeSet;

use crate::domain::{Document, Fingerprint, Lang, Mention};

/// Least score of a mention.
pub const THRESHOLD: f32 = 0.55;

/// Most mentions of one document; the best are kept.
pub const MAX_MENTIONS: usize = 40;

/// Longest post that is one mention as a whole, in characters.
const SHORT_POST_CHARS: usize = 280;

/// Finds the mentions of a document, in its order, each wording once.
pub fn mentions(document: &Document) -> Vec<Mention> {
    let mut seen = BTreeSet::new();
    let passages = passages(document).into_iter();
    let found = passages.filter_map(|passage| mention(passage, document.lang));
    let mut found: Vec<Mention> = found.filter(|mention| seen.insert(wording(&mention.quote))).collect();
    keep_best(&mut found);
    found
}

/// A short post as a whole, everything else by sentences.
fn passages(document: &Document) -> Vec<&str> {
    let sentences = sentences::of_text(&document.text, document.lang);
    let is_post = document.title.is_empty();
    let is_short = document.text.chars().nth(SHORT_POST_CHARS).is_none();
    if is_post && is_short && sentences.len() <= 2 {
        vec![document.text.trim()]
    } else {
        sentences
    }
}

fn mention(passage: &str, lang: Lang) -> Option<Mention> {
    let score = score::of(passage, lang);
    (score >= THRESHOLD).then(|| Mention {
        quote: passage.to_owned(),
        lang,
        score,
    })
}

fn wording(quote: &str) -> Fingerprint {
    Fingerprint::near_verbatim(quote).unwrap_or_else(|| Fingerprint::exact(quote))
}

/// Drops the lowest scores until few enough are left; of equals the later ones.
fn keep_best(mentions: &mut Vec<Mention>) {
    let mut scores: Vec<f32> = mentions.iter().map(|m| m.score).collect();
    scores.sort_by(|a, b| b.total_cmp(a));
    let Some(&least) = scores.get(MAX_MENTIONS - 1) else {
        return;
    };
    let mut equals = MAX_MENTIONS - scores.iter().filter(|&&s| s > least).count();
    mentions.retain(|m| {
        let kept = m.score > least || (m.score >= least && equals > 0);
        equals -= usize::from(kept && m.score <= least);
        kept
    });
}
