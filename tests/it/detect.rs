//! Detection measured on development data: how much of what people label as a claim is found, and how much else.

use std::fs;

use klarstelle::{
    detect,
    domain::{Document, Lang, WebUrl},
};
use serde::Deserialize;

use crate::support::dev_data::dev_data;

#[derive(Deserialize)]
struct Labelled {
    text: String,
    lang: Lang,
    label: u8,
}

fn is_detected(labelled: &Labelled) -> bool {
    let post = Document {
        url: WebUrl::parse("https://plausch.example/1").expect("an address"),
        canonical_url: None,
        title: String::new(),
        text: labelled.text.clone(),
        lang: labelled.lang,
        author: None,
        published_at: None,
    };
    !detect::mentions(&post).is_empty()
}

/// The floors only catch a rule that breaks. The weights were learnt from these files, so their figures say nothing about other
/// texts; `klarstelle train-detect` measures on texts that were not learnt from.
#[test]
fn labelled_posts_are_told_apart_better_than_by_chance() {
    let Some(folder) = dev_data("checkworthiness") else {
        return;
    };
    for (file, least) in [("germeval2021-factclaim.jsonl", 0.40), ("ct22-1B_claim-en.jsonl", 0.64)] {
        let text = fs::read_to_string(folder.join(file)).expect("labelled posts");
        let posts: Vec<Labelled> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a post"))
            .collect();
        let positive = posts.iter().filter(|post| post.label == 1).count();
        let found = posts.iter().filter(|post| is_detected(post)).count();
        let right = posts.iter().filter(|post| post.label == 1 && is_detected(post)).count();
        let (precision, recall) = (right as f64 / found as f64, right as f64 / positive as f64);
        let base = positive as f64 / posts.len() as f64;
        println!(
            "{file}: {} posts, {base:.3} positive; precision {precision:.3}, recall {recall:.3}",
            posts.len()
        );
        assert!(
            precision >= f64::max(least, base + 0.02),
            "{file}: precision {precision:.3}"
        );
        assert!(recall > 0.7, "{file}: recall {recall:.3}");
    }
}
