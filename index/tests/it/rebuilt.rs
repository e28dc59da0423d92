//! An index that followed every change answers exactly as one built at once from what is there now, in another order.

use std::collections::BTreeMap;

use claim_index::{Answer, ClaimIndex, Entry, Lang, Query, Wording, WordingKind};
use proptest::prelude::*;

use crate::support::{at, index_of};

/// Few words, so that entries tie; typos, a compound and its parts, numbers, negations, so that the whole road is taken.
const WORDS: &[&str] = &[
    "minister",
    "ministre",
    "vaccine",
    "vacccine",
    "vaccinated",
    "secret",
    "Wassertürme",
    "Wasser",
    "Turm",
    "watertower",
    "water",
    "tower",
    "500",
    "5,000",
    "not",
    "nicht",
    "children",
    "Kinder",
    "burns",
    "brennt",
    "疫苗",
    "вакцина",
];
const LANGS: &[Lang] = &[Lang::EN, Lang::DE, Lang::UND];
const KINDS: &[WordingKind] = &[
    WordingKind::Claim,
    WordingKind::Reviewed,
    WordingKind::Title,
    WordingKind::Description,
];
const IDS: usize = 50;

#[derive(Clone, Debug)]
enum Step {
    Put(Entry),
    Remove(String),
    Clear,
    /// As a rebuild from the store does it.
    Refill,
    Commit,
    Merge,
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(WORDS), 0..9).prop_map(|words| words.join(" "))
}

fn wording() -> impl Strategy<Value = Wording> {
    let kind = prop::sample::select(KINDS);
    (kind, text(), prop::sample::select(LANGS)).prop_map(|(kind, text, lang)| Wording { kind, text, lang })
}

fn id() -> impl Strategy<Value = String> {
    (0..IDS).prop_map(|id| format!("claim-{id}"))
}

fn step() -> impl Strategy<Value = Step> {
    let entry =
        (id(), proptest::collection::vec(wording(), 1..4)).prop_map(|(id, wordings)| Step::Put(Entry { id, wordings }));
    prop_oneof![
        60 => entry,
        15 => id().prop_map(Step::Remove),
        10 => Just(Step::Commit),
        2 => Just(Step::Merge),
        1 => Just(Step::Clear),
        2 => Just(Step::Refill),
    ]
}

/// Applies the steps to an index and, in parallel, to a map of what should be in it.
fn follow(steps: &[Step]) -> (ClaimIndex, BTreeMap<String, Entry>) {
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    let mut model = BTreeMap::new();
    for (change, step) in steps.iter().chain([&Step::Commit]).enumerate() {
        match step {
            Step::Put(entry) => {
                writer.put(entry).unwrap();
                model.insert(entry.id.clone(), entry.clone());
            }
            Step::Remove(id) => {
                writer.remove(id).unwrap();
                model.remove(id);
            }
            Step::Clear => {
                writer.clear().unwrap();
                model.clear();
            }
            Step::Refill => {
                writer.clear().unwrap();
                writer.add_all(&model.values().cloned().collect::<Vec<_>>()).unwrap();
            }
            Step::Commit => writer.commit(&at(change as u64)).unwrap(),
            Step::Merge => {
                writer.commit(&at(change as u64)).unwrap();
                writer.compact().unwrap();
                writer = index.writer().unwrap();
            }
        }
    }
    (index, model)
}

/// In two languages, to few and to all entries: where only some are wanted, ties must be cut in the same place.
fn answers(index: &ClaimIndex, text: &str) -> [Answer; 2] {
    [(Lang::DE, 3), (Lang::EN, 100)].map(|(lang, limit)| {
        let text = text.to_owned();
        let lang = Some(lang);
        index.lookup(&Query { text, lang, limit }).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_followed_index_answers_exactly_as_a_rebuilt_one(
        steps in proptest::collection::vec(step(), 1..120),
        mut asked in proptest::collection::vec(text(), 4),
        order in any::<u64>(),
    ) {
        let (followed, model) = follow(&steps);
        let mut entries: Vec<Entry> = model.into_values().collect();
        entries.sort_by_key(|entry| entry.digest() ^ order);
        let rebuilt = index_of(&entries);
        prop_assert_eq!(followed.digests().unwrap(), rebuilt.digests().unwrap());
        asked.extend(entries.iter().take(4).map(|entry| entry.wordings[0].text.clone()));
        for text in &asked {
            prop_assert_eq!(answers(&followed, text), answers(&rebuilt, text), "{}", text);
        }
    }
}
