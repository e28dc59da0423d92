//! Texts that were written to break things: the answer comes, and comes soon.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use claim_index::{ClaimIndex, Entry, Fingerprint, Lang, Outcome, Page, Query, Sketch, Wording, WordingKind};
use claim_index::{contradicts, normalise_text};

use crate::support::{ask, claim, first, index_of};

/// Generous for an unoptimised build on a busy machine; a quadratic step would take minutes.
const SOON: Duration = Duration::from_mins(1);

fn hostile_texts() -> Vec<(&'static str, String)> {
    let mut distinct = String::new();
    for number in 0..50_000 {
        write!(distinct, "term{number} ").unwrap();
    }
    vec![
        ("empty", String::new()),
        (
            "1 MB of prose",
            "The quick brown fox jumps over the lazy dog. ".repeat(23_000),
        ),
        ("100 kB of one word", "vaccine ".repeat(12_500)),
        ("a word of 100 kB", "x".repeat(100_000)),
        ("only emoji", "🔥🤡👨‍👩‍👧".repeat(5_000)),
        ("NULs", "\0".repeat(50_000)),
        ("100,000 parentheses", "(".repeat(100_000)),
        (
            "query syntax",
            "+text:\"a b\"~2 AND NOT (c OR d*) [a TO z] /(((/ \\".repeat(1_000),
        ),
        ("50,000 distinct words", distinct),
        ("combining marks", format!("a{}", "\u{301}".repeat(50_000))),
        ("apostrophes", "l'".repeat(30_000)),
        ("dots", "a.".repeat(30_000)),
        ("hashtags", "#AaBbCcDdEe".repeat(10_000)),
        ("handles", "@a via RT ".repeat(10_000)),
        ("digits", "1,".repeat(30_000)),
        ("Han", "疫".repeat(30_000)),
        ("Arabic ligature", "\u{fdfa}".repeat(8_000)),
        ("flags", "🇩🇪".repeat(10_000)),
        ("slashes and dots", "a.bc/".repeat(20_000)),
        ("dashes", "— (@".repeat(20_000)),
        ("bidi", "\u{202e}\u{2066}x".repeat(20_000)),
        ("lines", "\r\n\u{85}\u{2028}".repeat(20_000)),
    ]
}

/// Larger than anything the service lets in: only asked, not kept as entries.
fn huge_texts() -> Vec<(&'static str, String)> {
    let distinct = |count: usize, tail: &str| (0..count).map(|number| format!("w{number}{tail} ")).collect::<String>();
    vec![
        ("1 MB of one word", "vaccine ".repeat(131_072)),
        ("200,000 distinct words", distinct(200_000, "")),
        (
            "2,000 distinct words as long as words can be",
            distinct(2_000, &"impfungs".repeat(8)),
        ),
        ("one word of 5 MB", "x".repeat(5_000_000)),
        ("1 MB of combining marks", "\u{301}\u{316}".repeat(250_000)),
        ("1 MB of overrides", "\u{202e}".repeat(350_000)),
        (
            "1 MB of parentheses",
            ["(".repeat(500_000), ")".repeat(500_000)].concat(),
        ),
        ("1 MB of Han", "疫苗".repeat(170_000)),
    ]
}

fn soon<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    assert!(start.elapsed() < SOON, "{what} took {:?}", start.elapsed());
    done
}

fn index() -> ClaimIndex {
    index_of(&[
        claim(
            "fox",
            "A quick brown fox was seen jumping over a lazy dog in Berlin",
            Lang::EN,
        ),
        claim(
            "vaccine",
            "The vaccine contains tiny microchips that track people",
            Lang::EN,
        ),
        claim(
            "wolf",
            "Im Wald bei Celle wurde ein Wolf mit drei Köpfen gesichtet",
            Lang::DE,
        ),
    ])
}

#[test]
fn lookups_of_hostile_texts_are_answered() {
    let index = index();
    for (what, text) in hostile_texts() {
        for lang in [None, Some(Lang::DE)] {
            let query = Query {
                text: text.clone(),
                lang,
                limit: 10,
            };
            let answer = soon(what, || index.lookup(&query)).unwrap();
            assert_ne!(first(&answer), "wolf", "{what}");
        }
        soon(what, || index.search(&text, Page { offset: 0, limit: 10 })).unwrap();
    }
}

#[test]
fn lookups_of_huge_texts_are_answered() {
    let index = index();
    for (what, text) in huge_texts() {
        for lang in [None, Some(Lang::DE)] {
            let query = Query {
                text: text.clone(),
                lang,
                limit: usize::MAX,
            };
            let answer = soon(what, || index.lookup(&query)).unwrap();
            assert!(answer.outcome < Outcome::Match, "{what}");
        }
    }
}

#[test]
fn fingerprints_of_hostile_texts_are_made() {
    for (what, text) in hostile_texts() {
        soon(what, || {
            let once = normalise_text(&text);
            assert_eq!(normalise_text(&once), once, "{what}");
            assert_eq!(Fingerprint::exact(&text), Fingerprint::exact(&once), "{what}");
            assert_eq!(
                Fingerprint::near_verbatim(&text),
                Fingerprint::near_verbatim(&text),
                "{what}"
            );
            assert_eq!(Sketch::of(&text), Sketch::of(&text), "{what}");
            assert!(!contradicts(&text, &text), "{what}");
        });
    }
}

#[test]
fn hostile_texts_can_be_entries_and_are_found_again() {
    let mut entries: Vec<Entry> = hostile_texts()
        .iter()
        .map(|(what, text)| claim(what, text, Lang::UND))
        .collect();
    entries.push(Entry {
        id: "nothing".to_owned(),
        wordings: Vec::new(),
    });
    entries.push(Entry {
        id: "\0 odd\nid 🔥".to_owned(),
        wordings: Vec::new(),
    });
    let index = soon("indexing", || index_of(&entries));
    assert_eq!(index.len(), entries.len() as u64);
    let digests = index.digests().unwrap();
    for entry in &entries {
        assert_eq!(digests.get(&entry.id), Some(&entry.digest()), "{}", entry.id);
    }
    for (what, text) in hostile_texts()
        .iter()
        .filter(|(_, text)| !normalise_text(text).is_empty())
    {
        let answer = soon(what, || ask(&index, text));
        assert_eq!((first(&answer), answer.outcome), (*what, Outcome::Match));
    }
}

#[test]
fn an_entry_of_many_wordings_is_one_entry() {
    let wordings = (0..2_000).map(|number| Wording {
        kind: WordingKind::Variant,
        text: format!("variant {number} of the rumour about the burning water tower"),
        lang: Lang::EN,
    });
    let index = index_of(&[Entry {
        id: "many".to_owned(),
        wordings: wordings.collect(),
    }]);
    let answer = ask(&index, "variant 1234 of the rumour about the burning water tower");
    assert_eq!(
        (first(&answer), answer.outcome, answer.matches.len()),
        ("many", Outcome::Match, 1)
    );
}

#[test]
fn only_the_first_tokens_of_a_query_count() {
    let index = index();
    let filler = |words: usize| "lorem ".repeat(words);
    let claim = "Im Wald bei Celle wurde ein Wolf mit drei Köpfen gesichtet";
    let query = |text: String| {
        index
            .lookup(&Query {
                text,
                lang: Some(Lang::DE),
                limit: 1,
            })
            .unwrap()
    };
    assert_eq!(query(filler(1_900) + claim).matches.len(), 1);
    assert_eq!(query(filler(2_000) + claim).matches.len(), 0);
}

#[test]
fn limits_are_kept_and_bounded() {
    let entries: Vec<_> = (0..50)
        .map(|number| {
            claim(
                &format!("c{number:02}"),
                &format!("The tower number {number} burns"),
                Lang::EN,
            )
        })
        .collect();
    let index = index_of(&entries);
    let found = |limit| {
        let query = Query {
            text: "which tower burns".to_owned(),
            lang: Some(Lang::EN),
            limit,
        };
        index.lookup(&query).unwrap().matches
    };
    assert_eq!(found(0).len(), 0);
    assert_eq!(found(7).len(), 7);
    assert_eq!(found(usize::MAX).len(), 50);
    let ids: Vec<_> = found(50).into_iter().map(|found| found.id).collect();
    let again: Vec<_> = found(50).into_iter().map(|found| found.id).collect();
    assert_eq!(ids, again);
    assert!(found(50).windows(2).all(|pair| {
        pair[0].confidence > pair[1].confidence
            || pair[0].confidence.to_bits() == pair[1].confidence.to_bits() && pair[0].id < pair[1].id
    }));
}
