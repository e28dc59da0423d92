//! What counts as another wording of a claim, and what shares its topic only.

use std::collections::BTreeMap;
use std::path::Path;

use claim_index::{ClaimIndex, Lang, Outcome, Query};
use serde::Deserialize;

use crate::support::{claim, index_of};

#[derive(Deserialize)]
struct Pair {
    claim: String,
    post: String,
    lang: Lang,
    same: bool,
}

fn asked(text: &str, lang: Lang) -> Query {
    Query {
        text: text.to_owned(),
        lang: Some(lang),
        limit: 1,
    }
}

/// The pairs of a file, and an index of their claims, each by its own words.
fn pairs(file: &str) -> (Vec<Pair>, ClaimIndex) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../fixtures/matching/pairs/{file}.jsonl"));
    let text = std::fs::read_to_string(path).unwrap();
    let pairs: Vec<Pair> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let claims: BTreeMap<&str, Lang> = pairs.iter().map(|pair| (pair.claim.as_str(), pair.lang)).collect();
    let entries: Vec<_> = claims.iter().map(|(text, lang)| claim(text, text, *lang)).collect();
    let index = index_of(&entries);
    (pairs, index)
}

/// A claim too many can be merged; two claims in one mislead all who come after. So near misses may hardly ever join.
#[test]
fn near_misses_found_their_own_claims() {
    for file in ["en", "de"] {
        let (pairs, index) = pairs(file);
        let joined = |same: bool| {
            let of = pairs.iter().filter(|pair| pair.same == same);
            let found = of.filter(|pair| {
                let found = index.same(&asked(&pair.post, pair.lang)).unwrap();
                found.as_deref() == Some(pair.claim.as_str())
            });
            found.count()
        };
        let (right, wrong) = (joined(true), joined(false));
        println!("{file}: {right} of 350 paraphrases join, {wrong} of 350 near misses");
        assert!(wrong <= 4, "{file}: {wrong} near misses join");
        assert!(right >= 30, "{file}: only {right} paraphrases join");
    }
}

#[test]
fn readers_are_told_of_matches_only() {
    let (pairs, index) = pairs("de");
    let (mut kept, mut told) = (0, 0);
    for pair in &pairs {
        let query = asked(&pair.post, pair.lang);
        let (keeper, reader) = (index.same(&query).unwrap(), index.same_for_readers(&query).unwrap());
        let answer = index.lookup(&query).unwrap();
        let matched = answer.matches.first().filter(|_| answer.outcome == Outcome::Match);
        let both = keeper.clone().filter(|id| matched.is_some_and(|first| first.id == *id));
        assert_eq!(reader, both, "{}", pair.post);
        kept += usize::from(keeper.is_some());
        told += usize::from(reader.is_some());
    }
    assert!(0 < told && told < kept, "{told} of {kept}");
}

#[test]
fn a_copy_joins_and_its_opposite_does_not() {
    let said = "The council of Wexmere pays every asylum seeker a bonus of 2,500 pounds in cash";
    let others = [
        "The council of Wexmere pays its cleaners late",
        "A bonus of 2,500 pounds is paid to new teachers in Harnow",
        "The dam above Harnow broke because nobody had looked after it",
    ];
    let texts: Vec<&str> = [said].into_iter().chain(others).collect();
    let index = index_of(&texts.iter().map(|text| claim(text, text, Lang::EN)).collect::<Vec<_>>());
    let same = |text: &str, lang| index.same(&asked(text, lang)).unwrap();
    let copy = format!("{}! 😡 https://a.example/x", said.to_uppercase());
    assert_eq!(same(&copy, Lang::EN).as_deref(), Some(said));
    for other in [
        said.replace("2,500", "25,000"),
        said.replace("pays", "does not pay"),
        "Asylum seekers in Wexmere".to_owned(),
        "What does the council of Wexmere say about asylum seekers and their money?".to_owned(),
    ] {
        assert_eq!(same(&other, Lang::EN), None, "{other}");
    }
    // Names and numbers alone are shared by many in another language.
    let german = "Der Rat von Wexmere zahlt jedem asylum seeker a bonus von 2,500 pounds in cash";
    assert_eq!(same(german, Lang::DE), None);
}

#[test]
fn an_entry_can_be_compared_with_all_but_itself() {
    let said = "The dam above Harnow broke because nobody had looked after it";
    let index = index_of(&[claim("a", said, Lang::EN), claim("b", &said.to_uppercase(), Lang::EN)]);
    let other = |id| index.same_but(&asked(said, Lang::EN), id).unwrap();
    assert_eq!((other("a").as_deref(), other("b").as_deref()), (Some("b"), Some("a")));
    let alone = index_of(&[claim("a", said, Lang::EN)]);
    assert_eq!(alone.same_but(&asked(said, Lang::EN), "a").unwrap(), None);
}
