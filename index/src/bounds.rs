//! Holds the table of the README: however long a text is, so much of it is looked at and no more.

use crate::analyzer::{MAX_TOKENS, analyse, folded_words};
use crate::question::Question;
use crate::search::candidates;
use crate::{ClaimIndex, Entry, Lang, Position, Query, Reason, Wording, WordingKind, spelling};

const WORDS: usize = 20_000;

/// Twenty thousand distinct words, each a typo away from one that entries have.
fn long_text() -> String {
    (0..WORDS)
        .map(|number| format!("watertowerrs{} ", letters(number)))
        .collect()
}

fn letters(mut number: usize) -> String {
    let mut letters = String::new();
    for _ in 0..4 {
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    letters
}

/// As many entries as the first words of the text, each with one of them.
fn index(entries: usize) -> ClaimIndex {
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    for number in 0..entries {
        let text = format!("watertowers{} burns", letters(number));
        let wording = Wording {
            kind: WordingKind::Claim,
            text,
            lang: Lang::EN,
        };
        let id = format!("claim-{number}");
        writer
            .put(&Entry {
                id,
                wordings: vec![wording],
            })
            .unwrap();
    }
    let store_id = "bounds".to_owned();
    writer.commit(&Position { store_id, change: 1 }).unwrap();
    index
}

#[test]
fn so_many_tokens_of_so_many_characters_are_looked_at() {
    let long = long_text();
    for text in [
        &long,
        &"x".repeat(200_000),
        &"疫".repeat(200_000),
        &"\u{301}".repeat(200_000),
    ] {
        let analysis = analyse(text, Lang::EN);
        assert!(analysis.tokens.len() <= MAX_TOKENS);
        assert!(analysis.tokens.iter().all(|token| token.neutral.chars().count() <= 64));
        assert!(folded_words(text).len() <= MAX_TOKENS);
    }
    assert_eq!(analyse(&long, Lang::EN).tokens.len(), MAX_TOKENS);
}

#[test]
fn so_many_unknown_words_are_respelt_and_so_many_entries_compared() {
    let index = index(200);
    let snapshot = index.snapshot();
    let query = Query {
        text: long_text(),
        lang: Some(Lang::EN),
        limit: 5,
    };
    let question = Question::new(&query, &snapshot, &snapshot.weights()).unwrap();
    let respelt = question
        .words
        .iter()
        .filter(|word| !word.alternatives.is_empty())
        .count();
    assert!((1..=spelling::MAX_UNKNOWN).contains(&respelt), "{respelt}");
    assert!(question.words.len() <= MAX_TOKENS);

    let query = Query {
        text: "everything burns ".repeat(WORDS),
        ..query
    };
    let question = Question::new(&query, &snapshot, &snapshot.weights()).unwrap();
    let found = candidates(&question, &snapshot, 30).unwrap();
    assert_eq!(found.len(), 30);
}

#[test]
fn so_many_terms_are_explained() {
    let text: String = (0..40).map(|number| format!("reason{number} ")).collect();
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    let wording = Wording {
        kind: WordingKind::Claim,
        text: text.clone(),
        lang: Lang::EN,
    };
    writer
        .put(&Entry {
            id: "long".to_owned(),
            wordings: vec![wording],
        })
        .unwrap();
    let store_id = "bounds".to_owned();
    writer.commit(&Position { store_id, change: 1 }).unwrap();
    let answer = index
        .lookup(&Query {
            text,
            lang: Some(Lang::EN),
            limit: 1,
        })
        .unwrap();
    let terms = answer.matches[0]
        .explanation
        .reasons
        .iter()
        .find_map(|reason| match reason {
            Reason::Terms { terms } => Some(terms.len()),
            _ => None,
        });
    assert_eq!(terms, Some(12));
}
