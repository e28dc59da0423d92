//! Short ways to say what a test is about.

use claim_index::{Answer, ClaimIndex, Entry, Lang, Position, Query, Wording, WordingKind};

pub(crate) fn claim(id: &str, text: &str, lang: Lang) -> Entry {
    let wording = Wording {
        kind: WordingKind::Claim,
        text: text.to_owned(),
        lang,
    };
    Entry {
        id: id.to_owned(),
        wordings: vec![wording],
    }
}

pub(crate) fn at(change: u64) -> Position {
    Position {
        store_id: "test-store".to_owned(),
        change,
    }
}

pub(crate) fn index_of(entries: &[Entry]) -> ClaimIndex {
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    for entry in entries {
        writer.put(entry).unwrap();
    }
    writer.commit(&at(1)).unwrap();
    index
}

pub(crate) fn ask(index: &ClaimIndex, text: &str) -> Answer {
    index
        .lookup(&Query {
            text: text.to_owned(),
            lang: None,
            limit: 5,
        })
        .unwrap()
}

pub(crate) fn first(answer: &Answer) -> &str {
    answer.matches.first().map_or("", |found| found.id.as_str())
}
