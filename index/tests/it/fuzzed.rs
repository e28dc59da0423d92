//! What the fuzzer starts from, and what it once found, asked again in every run of the tests.

use std::path::Path;

#[path = "../../../fuzz/src/check.rs"]
mod check;

#[test]
fn whatever_was_found_is_answered_now() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/lookup");
    let mut asked = 0;
    for file in std::fs::read_dir(&corpus).unwrap() {
        let file = file.unwrap().path();
        println!("{}", file.display());
        check::check(&std::fs::read(&file).unwrap());
        asked += 1;
    }
    assert!(asked > 5, "{}", corpus.display());
}
