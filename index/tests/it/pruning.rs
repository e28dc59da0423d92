//! Answers where a lookup does not read all the entries that have a word of the text.

use claim_index::{ClaimIndex, Entry, Lang, Query};

use crate::support::{ask, at, claim, first, index_of};

/// So many that the common words of a text have more entries than a lookup reads.
const CLAIMS: usize = 2_500;

fn entries() -> Vec<Entry> {
    let entry = |number: usize| {
        let (city, plant, day) = (number % 97, number % 89, number % 31);
        let text = format!(
            "Officials report that people watched the viral video about town{city}x and its plant{plant}x on day {day} of \
             the election year"
        );
        claim(&format!("claim-{number:04}"), &text, Lang::EN)
    };
    (0..CLAIMS).map(entry).collect()
}

fn in_portions(entries: &[Entry]) -> ClaimIndex {
    let index = ClaimIndex::in_memory().unwrap();
    let mut writer = index.writer().unwrap();
    for portion in entries.chunks(400) {
        writer.put_all(portion).unwrap();
        writer.commit(&at(1)).unwrap();
    }
    index
}

const TEXT: &str = "People watched the viral video officials report about: town45x, plant12x, in the election year!";

#[test]
fn the_rare_words_find_what_all_words_find() {
    let index = index_of(&entries());
    let query = Query {
        text: TEXT.to_owned(),
        lang: Some(Lang::EN),
        limit: 3,
    };
    let (pruned, all) = (
        index.lookup(&query).unwrap(),
        index.lookup_exhaustively(&query).unwrap(),
    );
    // 45 modulo 97 and 12 modulo 89.
    assert_eq!(first(&pruned), "claim-0724");
    assert_eq!(pruned.matches[0], all.matches[0]);
}

#[test]
fn the_order_in_which_entries_come_changes_nothing() {
    let mut entries = entries();
    let forwards = ask(&index_of(&entries), TEXT);
    entries.reverse();
    assert_eq!(ask(&in_portions(&entries), TEXT), forwards);
}
