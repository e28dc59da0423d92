//! What was removed or replaced is in no file of the directory after a purge: neither its bytes, nor, where files are
//! compressed, the terms that they are unpacked to.

use std::{collections::BTreeSet, fs, path::Path};

use claim_index::{ClaimIndex, Lang};
use tantivy::Index;

use crate::support::{ask, at, claim};

/// One word, so that it is a term as it stands in every field.
const CANARY: &str = "kanarienxqj";

/// Every term of every field and of the column of words, in all segments.
fn terms(dir: &Path) -> BTreeSet<String> {
    let index = Index::open_in_dir(dir).expect("an index");
    let searcher = index.reader().expect("a reader").searcher();
    let mut terms = BTreeSet::new();
    for segment in searcher.segment_readers() {
        for (field, _) in index.schema().fields().filter(|(_, entry)| entry.is_indexed()) {
            let inverted = segment.inverted_index(field).expect("an indexed field");
            let mut stream = inverted.terms().stream().expect("terms");
            while let Some((term, _info)) = stream.next() {
                terms.insert(String::from_utf8_lossy(term).into_owned());
            }
        }
        let words = segment.fast_fields().str("words").expect("a column").expect("words");
        let mut stream = words.dictionary().stream().expect("words");
        while let Some((term, _info)) = stream.next() {
            terms.insert(String::from_utf8_lossy(term).into_owned());
        }
    }
    terms
}

fn holds_canary(dir: &Path) -> bool {
    let bytes = |entry: fs::DirEntry| fs::read(entry.path()).unwrap_or_default();
    let mut files = fs::read_dir(dir)
        .expect("a folder")
        .map(|entry| bytes(entry.expect("an entry")));
    files.any(|bytes| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()))
        || terms(dir).iter().any(|term| term.contains("kanarien"))
}

#[test]
fn what_is_gone_is_in_no_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = ClaimIndex::open(dir.path()).expect("an index");
    let mut writer = index.writer().expect("the writer");
    let said = format!("Der {CANARY} singt seit 1987 im Rathaus von Lindrath.");
    for number in 0..40 {
        let id = format!("claim-{number}");
        let text = format!("Die Stadt Lindrath zahlt im Jahr {number} jeder Familie {number}000 Euro.");
        writer.put(&claim(&id, &text, Lang::DE)).expect("put");
        if number % 10 == 9 {
            writer
                .put(&claim(&format!("gone-{number}"), &said, Lang::DE))
                .expect("put");
            writer.commit(&at(number)).expect("committed");
        }
    }
    writer.put(&claim("claim-7", &said, Lang::DE)).expect("put");
    writer.commit(&at(50)).expect("committed");
    assert!(holds_canary(dir.path()), "or the test would find it nowhere");

    for number in [9, 19, 29, 39] {
        writer.remove(&format!("gone-{number}")).expect("removed");
    }
    writer
        .put(&claim("claim-7", "Die Stadt Lindrath zahlt nichts.", Lang::DE))
        .expect("put");
    writer.commit(&at(51)).expect("committed");
    let before = ask(&index, "Die Stadt Lindrath zahlt jeder Familie 12000 Euro");
    assert!(
        holds_canary(dir.path()),
        "a removed entry stays in its segment until that is rewritten"
    );
    assert!(writer.purge().expect("purged"));
    assert!(!holds_canary(dir.path()));
    assert_eq!(index.len(), 40);
    assert_eq!(index.position().expect("a position").map(|p| p.change), Some(51));
    let after = ask(&index, "Die Stadt Lindrath zahlt jeder Familie 12000 Euro");
    assert_eq!(format!("{:?}", after.matches), format!("{:?}", before.matches));
    assert!(writer.purge().expect("purged"), "again, there is nothing to do");
    // As a writer leaves it that ends in the middle of a merge.
    let orphan = dir.path().join("0123456789abcdef0123456789abcdef.fast");
    fs::write(&orphan, CANARY).expect("written");
    assert!(writer.purge().expect("purged") && !orphan.exists());
    drop((writer, index));
    assert_eq!(ClaimIndex::open(dir.path()).expect("sound").len(), 40);
}
