//! The golden vectors that every implementation of the normaliser must reproduce.

use std::collections::HashSet;

use claim_index::normalise_text;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    r#in: String,
    out: String,
    why: String,
}

fn vectors() -> Vec<Vector> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/normalise/text.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn golden_vectors_hold() {
    let vectors = vectors();
    for Vector { r#in, out, why } in &vectors {
        assert_eq!(&normalise_text(r#in), out, "{why}: {in:?}");
        assert_eq!(&normalise_text(out), out, "{why}: not idempotent");
    }
    let reasons: HashSet<_> = vectors.iter().map(|vector| &vector.why).collect();
    assert_eq!(reasons.len(), vectors.len(), "each vector shows something of its own");
}

#[test]
fn every_character_alone_is_settled_after_one_pass() {
    // Beyond U+30000 are only ideographs, tags (in the first block of plane 14) and private use.
    let chars: Vec<char> = (0..0x3_0000)
        .chain(0xe_0000..0xe_1000)
        .filter_map(char::from_u32)
        .collect();
    for chunk in chars.chunks(256) {
        let text: String = chunk.iter().flat_map(|&c| ['a', c, 'b', ' ']).collect();
        let once = normalise_text(&text);
        assert_eq!(normalise_text(&once), once, "near U+{:04X}", u32::from(chunk[0]));
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in any::<String>()) {
        let once = normalise_text(&text);
        prop_assert_eq!(normalise_text(&once), once);
    }

    /// Strings of the characters most likely to interact: marks, joiners, sigmas, jamo, dotted letters.
    #[test]
    fn normalising_twice_changes_nothing_where_characters_interact(
        chars in proptest::collection::vec(
            prop::sample::select("aAΣσςİIıßẞ\u{300}\u{301}\u{307}\u{323}\u{327}\u{331}\u{338}\u{345}\u{200d}\u{200b}\u{feff}\u{ad} \u{a0}\u{85}\0ﬁ가ᄀ\u{1161}\u{11a8}\u{115f}ｶ\u{ff9e}¨´Ω\u{3164}\u{fe0f}❤\u{5d0}\u{5b8}\u{651}\u{64f}Å".chars().collect::<Vec<_>>()),
            0..12,
        )
    ) {
        let text: String = chars.into_iter().collect();
        let once = normalise_text(&text);
        prop_assert_eq!(normalise_text(&once), once);
    }

    #[test]
    fn spaces_and_case_do_not_matter(words in proptest::collection::vec("[a-zA-Zäöü0-9]{1,8}", 1..8)) {
        let tidy = words.join(" ").to_lowercase();
        let untidy = format!(" \t{}\u{3000}", words.join("\u{a0}\n ")).to_uppercase();
        prop_assert_eq!(normalise_text(&untidy), tidy);
    }
}
