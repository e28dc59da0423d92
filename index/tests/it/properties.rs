//! Two routes to one answer.

use std::collections::{BTreeMap, HashSet};

use claim_index::{ClaimIndex, Entry, Fingerprint, Lang, Match, Query, Sketch, Wording, WordingKind, contradicts};
use proptest::prelude::*;

use crate::support::{at, index_of};

const WORDS: &[&str] = &[
    "minister", "vaccine", "bans", "secret", "moon", "water", "river", "school", "500", "5,000", "not", "Berlin",
    "the", "in", "children", "tower", "burns", "phone", "law", "night",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(WORDS), 0..14).prop_map(|words| words.join(" "))
}

/// Shingles as the crate's documentation describes them, written as sets of strings.
fn shingles(text: &str) -> HashSet<String> {
    let words: Vec<String> = text
        .to_lowercase()
        .replace(',', "")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    words
        .windows(2)
        .chain(words.windows(3))
        .map(|run| run.join(" "))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn sketches_estimate_the_jaccard_similarity(
        words in proptest::collection::vec("[a-z]{3,9}", 30..60),
        cut in 0.0..1.0f64,
    ) {
        let other = words.len() - (cut * words.len() as f64) as usize;
        let (a, b) = (words.join(" "), [&words[..other], &["end".to_owned(), "of".to_owned(), "it".to_owned()]].concat().join(" "));
        let (sa, sb) = (shingles(&a), shingles(&b));
        let exact = sa.intersection(&sb).count() as f32 / sa.union(&sb).count() as f32;
        if let (Some(a), Some(b)) = (Sketch::of(&a), Sketch::of(&b)) {
            // Four standard errors of 64 values.
            prop_assert!((a.similarity(&b) - exact).abs() <= 0.25, "{} against {exact}", a.similarity(&b));
        }
    }

    #[test]
    fn nothing_panics(a in any::<String>(), b in any::<String>()) {
        Fingerprint::near_verbatim(&a);
        Sketch::of(&a);
        prop_assert_eq!(contradicts(&a, &b), contradicts(&b, &a));
        prop_assert!(!contradicts(&a, &a));
        let index = index_of(&[entry("a", &a), entry("b", &b)]);
        let found = index.lookup(&Query { text: b.clone(), lang: None, limit: 2 }).unwrap();
        prop_assert!(found.matches.iter().all(|found| (0.0..=1.0).contains(&found.confidence)));
    }
}

fn by_id(index: &ClaimIndex, query: &Query) -> Vec<Match> {
    let mut matches = index.lookup(query).unwrap().matches;
    matches.sort_by(|a, b| a.id.cmp(&b.id));
    matches
}

fn entry(id: &str, text: &str) -> Entry {
    let wording = Wording {
        kind: WordingKind::Claim,
        text: text.to_owned(),
        lang: Lang::EN,
    };
    Entry {
        id: id.to_owned(),
        wordings: vec![wording],
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, String),
    Remove(u8),
    Commit,
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..12u8, text()).prop_map(|(id, text)| Step::Put(id, text)),
        2 => (0..12u8).prop_map(Step::Remove),
        2 => Just(Step::Commit),
        1 => Just(Step::Clear),
    ]
}

/// Applies the steps to an index and, in parallel, to a map of what should be in it.
fn run(steps: &[Step]) -> (ClaimIndex, BTreeMap<String, Entry>) {
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    let mut model = BTreeMap::new();
    for (change, step) in steps.iter().chain([&Step::Commit]).enumerate() {
        match step {
            Step::Put(id, text) => {
                let entry = entry(&format!("claim-{id}"), text);
                writer.put(&entry).unwrap();
                model.insert(entry.id.clone(), entry);
            }
            Step::Remove(id) => {
                writer.remove(&format!("claim-{id}")).unwrap();
                model.remove(&format!("claim-{id}"));
            }
            Step::Clear => {
                writer.clear().unwrap();
                model.clear();
            }
            Step::Commit => writer.commit(&at(change as u64)).unwrap(),
        }
    }
    writer.compact().unwrap();
    (index, model)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_index_followed_step_by_step_holds_what_a_rebuilt_one_holds(
        steps in proptest::collection::vec(step(), 1..40),
        asked in text(),
    ) {
        let (followed, model) = run(&steps);
        let entries: Vec<Entry> = model.into_values().collect();
        let rebuilt = index_of(&entries);
        prop_assert_eq!(followed.digests().unwrap(), rebuilt.digests().unwrap());
        prop_assert_eq!(followed.len(), entries.len() as u64);

        let query = Query { text: asked, lang: Some(Lang::EN), limit: 20 };
        let (ours, theirs) = (by_id(&followed, &query), by_id(&rebuilt, &query));
        prop_assert_eq!(ours.len(), theirs.len());
        for (a, b) in ours.iter().zip(&theirs) {
            prop_assert_eq!((&a.id, a.outcome), (&b.id, b.outcome));
            // The same sums, added up in another order.
            prop_assert!((a.confidence - b.confidence).abs() < 1e-4, "{a:?} {b:?}");
        }
        for entry in entries.iter().filter(|entry| !entry.wordings[0].text.is_empty()) {
            let query = Query { text: entry.wordings[0].text.clone(), ..query.clone() };
            prop_assert!(followed.lookup(&query).unwrap().matches.iter().any(|found| found.id == entry.id));
        }
    }
}
