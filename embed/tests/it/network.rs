use crate::reference;
use crate::tiny::{Numbers, POSITIONS, Tiny, text, tokens};
use claim_embed::{Model, Precision, Role};

const KINDS: [(&str, &str, Numbers); 5] = [
    ("bert", "", Numbers::F32),
    ("bert", "bert.", Numbers::F16),
    ("bert", "0.auto_model.", Numbers::BF16),
    ("xlm-roberta", "roberta.", Numbers::F32),
    ("xlm-roberta", "", Numbers::F16),
];

fn opened(tiny: &Tiny, precision: Precision) -> (tempfile::TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    tiny.write(folder.path());
    let model = Model::open_with(folder.path(), precision).unwrap();
    (folder, model)
}

/// Texts of all lengths up to what the tiny model can take.
fn sentences(count: usize) -> Vec<Vec<usize>> {
    (0..count)
        .map(|n| (0..n % (POSITIONS - 4)).map(|at| (n * 7 + at * at * 3) % 40).collect())
        .collect()
}

#[test]
fn the_network_is_computed_as_the_papers_write_it() {
    for (model_type, prefix, numbers) in KINDS {
        let tiny = Tiny::new(model_type, prefix, numbers);
        let (_folder, model) = opened(&tiny, Precision::Float);
        for words in sentences(40) {
            let vector = model.encode_one(&text(&words), Role::Query).unwrap();
            let reference = reference::mean(&tiny, &tokens(&words));
            let worst = vector
                .iter()
                .zip(&reference)
                .map(|(a, b)| (f64::from(*a) - b).abs())
                .fold(0.0, f64::max);
            assert!(worst < 1e-5, "{model_type} {prefix} {words:?}: {worst} off");
        }
    }
}

#[test]
fn eight_bits_point_the_same_way() {
    let tiny = Tiny::new("bert", "", Numbers::F32);
    let (_folder, model) = opened(&tiny, Precision::Int8);
    for words in sentences(40) {
        let vector = model.encode_one(&text(&words), Role::Query).unwrap();
        let cosine = reference::cosine(&vector, &reference::mean(&tiny, &tokens(&words)));
        assert!(cosine > 0.999, "{words:?}: {cosine}");
    }
}

#[test]
fn the_first_token_speaks_for_the_text_where_the_folder_says_so() {
    let tiny = Tiny::new("bert", "", Numbers::F32);
    let folder = tempfile::tempdir().unwrap();
    tiny.write(folder.path());
    std::fs::create_dir(folder.path().join("1_Pooling")).unwrap();
    let pooling = r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#;
    std::fs::write(folder.path().join("1_Pooling/config.json"), pooling).unwrap();
    let vector = Model::open(folder.path())
        .unwrap()
        .encode_one("w1 w2", Role::Query)
        .unwrap();
    assert!(reference::cosine(&vector, &reference::first(&tiny, &tokens(&[1, 2]))) > 0.999);
}

#[test]
fn a_vector_does_not_depend_on_the_texts_beside_it() {
    for precision in [Precision::Int8, Precision::Float] {
        let (_folder, model) = opened(&Tiny::new("xlm-roberta", "", Numbers::F32), precision);
        let texts: Vec<String> = sentences(300).iter().map(|words| text(words)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let bulk = model.encode(&texts, Role::Query).unwrap();
        assert_eq!(bulk.len(), texts.len());
        for (text, vector) in texts.iter().zip(&bulk) {
            assert_eq!(
                model.encode_one(text, Role::Query).unwrap(),
                *vector,
                "{precision:?} {text}"
            );
        }
    }
}

#[test]
fn vectors_have_length_one_and_there_is_one_for_each_text() {
    let (_folder, model) = opened(&Tiny::new("bert", "", Numbers::F32), Precision::Int8);
    assert_eq!(model.encode(&[], Role::Query).unwrap(), []);
    for vector in model
        .encode(&["", "w1", "something unknown", "\u{0}\u{fffd}"], Role::Passage)
        .unwrap()
    {
        assert_eq!(vector.len(), model.dimensions());
        assert!((vector.cosine(&vector) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn long_texts_are_cut_at_what_the_model_can_take() {
    for (model_type, most) in [("bert", POSITIONS), ("xlm-roberta", POSITIONS - 2)] {
        let (_folder, model) = opened(&Tiny::new(model_type, "", Numbers::F32), Precision::Int8);
        let words: Vec<usize> = (0..100_000).map(|n| n % 40).collect();
        let cut = model.encode_one(&text(&words), Role::Query).unwrap();
        assert_eq!(cut, model.encode_one(&text(&words[..most - 2]), Role::Query).unwrap());
        assert_eq!(model.count_tokens(&text(&words), Role::Query).unwrap(), most);
        let one_word = "w".repeat(1 << 20);
        assert_eq!(model.encode(&[one_word.as_str()], Role::Query).unwrap().len(), 1);
    }
}

#[test]
fn many_threads_can_ask_at_once_and_get_the_same() {
    let (_folder, model) = opened(&Tiny::new("bert", "", Numbers::F32), Precision::Int8);
    let alone = model.encode_one("w1 w2 w3", Role::Query).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(model.encode_one("w1 w2 w3", Role::Query).unwrap(), alone)));
        }
    });
}
