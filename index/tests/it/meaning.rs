//! Claims found by what they mean, with an encoder of a few words that anybody can follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use claim_index::{ClaimIndex, Encoder, Entry, Lang, Outcome, Query, Reason, Wording, WordingKind};

use crate::support::at;

/// Each number of a vector stands for a meaning; the words that have it are listed, whatever their language.
const MEANINGS: &[&[&str]] = &[
    &["wasser", "water", "su", "trinkwasser"],
    &["vergiftet", "poisoned", "zehirli"],
    &["impfung", "vaccine", "asi"],
    &["chip", "chips", "microchip"],
    &["schule", "school", "okul"],
];

struct Toy {
    name: &'static str,
    encoded: AtomicUsize,
}

impl Toy {
    fn new(name: &'static str) -> Arc<Toy> {
        Arc::new(Toy {
            name,
            encoded: AtomicUsize::new(0),
        })
    }

    fn encoded(&self) -> usize {
        self.encoded.load(Ordering::Relaxed)
    }
}

impl Encoder for Toy {
    fn digest(&self) -> &str {
        self.name
    }

    fn dimensions(&self) -> usize {
        MEANINGS.len() + 1
    }

    fn query(&self, text: &str) -> Result<Vec<f32>, String> {
        if text.contains("refuse") {
            return Err("the model refuses".to_owned());
        }
        let text = text.to_lowercase();
        let has = |words: &&[&str]| {
            words
                .iter()
                .any(|word| text.split_whitespace().any(|said| said == *word))
        };
        let mut vector: Vec<f32> = MEANINGS.iter().map(|words| f32::from(u8::from(has(words)))).collect();
        vector.push(0.1);
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        Ok(vector.into_iter().map(|number| number / length).collect())
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        self.encoded.fetch_add(texts.len(), Ordering::Relaxed);
        texts.iter().map(|text| self.query(text)).collect()
    }
}

fn entries() -> Vec<Entry> {
    let texts = [
        "Wasser vergiftet",
        "Impfung enthält chip",
        "Neue schule gebaut",
        "Der Turm ist hoch",
    ];
    let entry = |(number, text): (usize, &&str)| Entry {
        id: format!("claim-{number}"),
        wordings: vec![Wording {
            kind: WordingKind::Claim,
            text: (*text).to_owned(),
            lang: Lang::DE,
        }],
    };
    texts.iter().enumerate().map(entry).collect()
}

fn filled(index: &ClaimIndex, entries: &[Entry]) {
    let mut writer = index.writer().unwrap();
    writer.put_all(entries).unwrap();
    writer.commit(&at(1)).unwrap();
    writer.encode(entries).unwrap();
}

fn first(index: &ClaimIndex, text: &str) -> Option<(String, Vec<Reason>)> {
    let query = Query {
        text: text.to_owned(),
        lang: None,
        limit: 3,
    };
    let found = index.lookup(&query).unwrap().matches.into_iter().next()?;
    Some((found.id, found.explanation.reasons))
}

#[test]
fn other_words_in_another_language_find_the_claim() {
    let index = ClaimIndex::in_memory().unwrap();
    filled(&index, &entries());
    assert_eq!(first(&index, "su zehirli"), None, "no word in common");

    let index = ClaimIndex::in_memory().unwrap();
    index.use_model(Toy::new("toy")).unwrap();
    filled(&index, &entries());
    for (text, wanted) in [
        ("su zehirli", "claim-0"),
        ("vaccine microchip", "claim-1"),
        ("okul", "claim-2"),
    ] {
        let (id, reasons) = first(&index, text).unwrap();
        assert_eq!(id, wanted, "{text}");
        let is_near = |reason: &Reason| matches!(reason, Reason::Semantic { similarity } if *similarity > 0.9);
        assert!(reasons.iter().any(is_near), "{text}: {reasons:?}");
    }
}

/// Like real models: the language of a text weighs more in its vector than what it says.
struct Biased;

impl Encoder for Biased {
    fn digest(&self) -> &'static str {
        "biased"
    }

    fn dimensions(&self) -> usize {
        5
    }

    fn query(&self, text: &str) -> Result<Vec<f32>, String> {
        let has = |words: &[&str]| f32::from(u8::from(text.split_whitespace().any(|word| words.contains(&word))));
        let turkish = has(&["su", "zehirli", "ev"]);
        let number = text.chars().filter(char::is_ascii_digit).count() as f32;
        let vector = [
            2.0 * turkish,
            2.0 - 2.0 * turkish,
            has(&["su", "Wasser"]),
            has(&["zehirli", "vergiftet"]),
            0.3 * number,
        ];
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        Ok(vector.into_iter().map(|number| number / length).collect())
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        texts.iter().map(|text| self.query(text)).collect()
    }
}

#[test]
fn a_claim_stands_out_from_its_language_behind_a_crowd_in_the_askers_own() {
    let entry = |id: String, lang, text: String| Entry {
        id,
        wordings: vec![Wording {
            kind: WordingKind::Claim,
            text,
            lang,
        }],
    };
    let crowd = (0..80).flat_map(|number| {
        [
            entry(format!("tr-{number}"), Lang::TR, format!("ev {number}")),
            entry(format!("de-{number}"), Lang::DE, format!("Haus {number}")),
        ]
    });
    let claim = entry("claim".to_owned(), Lang::DE, "Wasser vergiftet".to_owned());
    let entries: Vec<Entry> = crowd.chain([claim]).collect();
    let index = ClaimIndex::in_memory().unwrap();
    index.use_model(Arc::new(Biased)).unwrap();
    filled(&index, &entries);
    let query = Query {
        text: "su zehirli".to_owned(),
        lang: Some(Lang::TR),
        limit: 100,
    };
    let found = index.lookup(&query).unwrap().matches;
    let place = found.iter().position(|found| found.id == "claim");
    assert!(place.is_some(), "{} Turkish texts are nearer", found.len());
}

#[test]
fn copies_match_with_a_model_as_without() {
    let index = ClaimIndex::in_memory().unwrap();
    index.use_model(Toy::new("toy")).unwrap();
    filled(&index, &entries());
    let query = Query {
        text: "Impfung enthält Chip".to_owned(),
        lang: None,
        limit: 1,
    };
    let answer = index.lookup(&query).unwrap();
    assert_eq!(
        (answer.outcome, answer.matches[0].id.as_str()),
        (Outcome::Match, "claim-1")
    );
}

#[test]
fn vectors_outlive_the_process_and_a_rebuild_and_not_the_model() {
    let dir = tempfile::tempdir().unwrap();
    let open = |toy: &Arc<Toy>| {
        let index = ClaimIndex::open(dir.path()).unwrap();
        index.use_model(Arc::clone(toy) as Arc<dyn Encoder>).unwrap();
        index
    };
    let toy = Toy::new("toy");
    filled(&open(&toy), &entries());
    assert_eq!(toy.encoded(), 4);

    let again = Toy::new("toy");
    let index = open(&again);
    assert_eq!(index.without_vector(10).unwrap(), Vec::<String>::new());
    assert_eq!(first(&index, "su zehirli").unwrap().0, "claim-0");
    drop(index);
    ClaimIndex::wipe(dir.path()).unwrap();
    let index = open(&again);
    filled(&index, &entries());
    assert_eq!(again.encoded(), 0, "the texts are the same");
    drop(index);

    let other = Toy::new("another");
    let index = open(&other);
    assert_eq!(index.without_vector(10).unwrap().len(), 4);
    assert_eq!(index.without_vector(3).unwrap().len(), 3);
    assert_eq!(
        first(&index, "su zehirli"),
        None,
        "found by words alone until there are vectors"
    );
    filled(&index, &entries());
    assert_eq!((other.encoded(), index.without_vector(10).unwrap().len()), (4, 0));
}

#[test]
fn a_replaced_claim_has_the_meaning_of_its_new_text() {
    let index = ClaimIndex::in_memory().unwrap();
    index.use_model(Toy::new("toy")).unwrap();
    let mut entries = entries();
    filled(&index, &entries);
    entries[0].wordings[0].text = "Schule vergiftet".to_owned();
    let mut writer = index.writer().unwrap();
    writer.put(&entries[0]).unwrap();
    writer.commit(&at(2)).unwrap();
    assert_eq!(index.without_vector(10).unwrap(), ["claim-0"]);
    writer.encode(&entries).unwrap();
    assert_eq!(first(&index, "okul zehirli").unwrap().0, "claim-0");
    assert_eq!(first(&index, "okul").unwrap().0, "claim-2");
}

#[test]
fn a_purge_forgets_the_vectors_of_what_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let toy = Toy::new("toy");
    let index = ClaimIndex::open(dir.path()).unwrap();
    index.use_model(Arc::clone(&toy) as Arc<dyn Encoder>).unwrap();
    filled(&index, &entries());
    let mut writer = index.writer().unwrap();
    writer.remove("claim-0").unwrap();
    writer.commit(&at(2)).unwrap();
    let before = std::fs::metadata(dir.path().join("vectors.bin")).unwrap().len();
    assert_eq!(writer.vectors(), 4);
    assert!(writer.purge().unwrap());
    assert_eq!(writer.vectors(), 3);
    assert!(std::fs::metadata(dir.path().join("vectors.bin")).unwrap().len() < before);
    assert_eq!(first(&index, "okul").unwrap().0, "claim-2");
    writer.put(&entries()[0]).unwrap();
    writer.commit(&at(3)).unwrap();
    writer.encode(&entries()).unwrap();
    assert_eq!(
        (toy.encoded(), writer.vectors()),
        (5, 4),
        "it is encoded anew, and the others are not"
    );
    assert_eq!(first(&index, "su zehirli").unwrap().0, "claim-0");
}

#[test]
fn a_text_that_the_model_refuses_is_matched_by_its_words() {
    let index = ClaimIndex::in_memory().unwrap();
    index.use_model(Toy::new("toy")).unwrap();
    filled(&index, &entries());
    let (id, reasons) = first(&index, "refuse the turm").unwrap();
    assert_eq!(id, "claim-3");
    assert!(
        !reasons.iter().any(|reason| matches!(reason, Reason::Semantic { .. })),
        "{reasons:?}"
    );

    let mut refused = entries();
    refused[0].wordings[0].text = "refuse".to_owned();
    let error = index.writer().unwrap().encode(&refused).unwrap_err();
    assert_eq!(error.to_string(), "the model failed: the model refuses");
}
