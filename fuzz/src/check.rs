//! What must hold for any bytes. Run by the fuzz target on what it makes up, and by the tests on what it once found.

use claim_index::{Answer, ClaimIndex, Entry, Lang, Outcome, Page, Position, Query, Wording, WordingKind};

const KINDS: [WordingKind; 5] = [
    WordingKind::Claim,
    WordingKind::Variant,
    WordingKind::Reviewed,
    WordingKind::Title,
    WordingKind::Description,
];
const LANGS: [Lang; 4] = [Lang::UND, Lang::EN, Lang::DE, Lang::AR];
/// More entries make each run slower and find nothing else.
const MAX_TEXTS: usize = 8;

/// The bytes, cut at line feeds, become entries of one index (the first byte of each says how), which is changed once
/// after a commit and asked about each of them.
pub(crate) fn check(bytes: &[u8]) {
    let texts: Vec<(u8, String)> = bytes
        .splitn(MAX_TEXTS, |byte| *byte == b'\n')
        .filter_map(|part| part.split_first())
        .map(|(how, text)| (*how, String::from_utf8_lossy(text).into_owned()))
        .collect();
    let index = index_of(&texts);
    for (how, text) in &texts {
        check_text(&index, *how, text);
    }
    check_text(&index, 0, &String::from_utf8_lossy(bytes));
}

fn index_of(texts: &[(u8, String)]) -> ClaimIndex {
    let index = ClaimIndex::in_memory().expect("memory");
    let mut writer = index.writer().expect("the only writer");
    for (change, half) in texts.chunks(MAX_TEXTS / 2).enumerate() {
        for (how, text) in half {
            writer.put(&entry(*how, text)).expect("any text can be an entry");
        }
        let change = change as u64;
        writer
            .commit(&Position {
                store_id: "fuzz".to_owned(),
                change,
            })
            .expect("a commit");
    }
    index
}

/// Few ids, so that entries replace each other.
fn entry(how: u8, text: &str) -> Entry {
    let wording = |kind, lang| Wording {
        kind,
        text: text.to_owned(),
        lang,
    };
    let how = usize::from(how);
    Entry {
        id: format!("claim-{}", how % 5),
        wordings: vec![
            wording(KINDS[how / 5 % KINDS.len()], lang(how)),
            wording(WordingKind::Claim, Lang::UND),
        ],
    }
}

fn lang(how: usize) -> Lang {
    LANGS[how / 25 % LANGS.len()]
}

fn check_text(index: &ClaimIndex, how: u8, text: &str) {
    for lang in [None, Some(lang(usize::from(how)))] {
        let query = Query {
            text: text.to_owned(),
            lang,
            limit: 5,
        };
        let answer = index.lookup(&query).expect("an answer");
        check_answer(&answer);
        assert_eq!(
            index.lookup(&query).expect("an answer"),
            answer,
            "another answer to the same question"
        );
    }
    let page = Page { offset: 0, limit: 3 };
    let hits = index.search(text, page).expect("hits");
    assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score), "{hits:?}");
}

fn check_answer(answer: &Answer) {
    let matches = &answer.matches;
    assert!(matches.len() <= 5);
    assert!(
        matches.iter().all(|found| (0.0..=1.0).contains(&found.confidence)),
        "{matches:?}"
    );
    assert!(
        matches.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence),
        "{matches:?}"
    );
    assert_eq!(
        answer.outcome,
        matches.first().map_or(Outcome::None, |best| best.outcome)
    );
    for (at, found) in matches.iter().enumerate() {
        assert!(
            !matches[..at].iter().any(|other| other.id == found.id),
            "an entry twice: {matches:?}"
        );
    }
}
