//! ClaimReview in a page's JSON-LD blocks.

use html5ever::local_name;
use scraper::Html;
use serde_json::Value;

use super::super::{Problem, dom};
use super::row::{self, Context};
use super::{Defaults, Reason};
use crate::domain::ExternalFactCheck;

/// Most JSON-LD blocks of a page that are read.
const MAX_BLOCKS: usize = 100;

/// Most ClaimReviews of a page that are read: more is no fact-check but a list of them.
const MAX_REVIEWS: usize = 1000;

/// The objects in a page's JSON-LD, lists and `@graph`s taken apart, and the blocks that could not be read.
pub(in super::super) fn json_ld(html: &Html) -> (Vec<Value>, Vec<Problem>) {
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    let blocks = dom::named(html, local_name!("script"))
        .filter(|script| dom::attribute(*script, &local_name!("type")).is_some_and(is_json_ld));
    for block in blocks.take(MAX_BLOCKS) {
        match parse(&block.text().collect::<String>()) {
            Ok(value) => flatten(value, &mut values),
            Err(error) => problems.push(Problem::JsonLd(error)),
        }
    }
    (values, problems)
}

fn is_json_ld(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/ld+json")
}

/// Content systems leave raw line breaks in strings, and wrap blocks in comments; both are forgiven.
fn parse(block: &str) -> Result<Value, serde_json::Error> {
    let marks: &[_] = &["<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>"];
    let block = marks.iter().fold(block.trim(), |b, mark| {
        b.trim_start_matches(mark).trim_end_matches(mark).trim()
    });
    let block = block.trim_end_matches(';');
    serde_json::from_str(block).or_else(|error| {
        let repaired: String = block.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&repaired).map_err(|_| error)
    })
}

fn flatten(value: Value, into: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| flatten(value, into)),
        Value::Object(mut fields) => match fields.remove("@graph") {
            Some(graph) => {
                flatten(graph, into);
                into.push(Value::Object(fields));
            }
            None => into.push(Value::Object(fields)),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The fact-checks among a page's objects, once each. The only one of a page may leave out its address: it is the page's.
pub(in super::super) fn in_page(objects: &[Value], defaults: &Defaults) -> Vec<Result<ExternalFactCheck, Reason>> {
    let mut reviews: Vec<&Value> = Vec::new();
    for review in objects.iter().flat_map(row::reviews_in).take(MAX_REVIEWS) {
        if !reviews.contains(&review) {
            reviews.push(review);
        }
    }
    let context = Context {
        defaults,
        around: objects,
    };
    match reviews[..] {
        [single] => vec![row::read(&with_address(single, defaults), context)],
        _ => reviews.into_iter().map(|review| row::read(review, context)).collect(),
    }
}

fn with_address(review: &Value, defaults: &Defaults) -> Value {
    let mut review = review.clone();
    if let (Value::Object(fields), Some(base)) = (&mut review, &defaults.base)
        && !fields.contains_key("url")
        && !fields.contains_key("identifier")
    {
        fields.insert("url".to_owned(), base.as_str().into());
    }
    review
}
